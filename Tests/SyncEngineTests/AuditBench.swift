import CallDomain
import Foundation
import SyncEngine
import Synchronization
import TestSupport
import Testing

/// A table of stored calls in memory, compared by the same pure functions as the database's, and what an audit keeps.
final class AuditTable: AuditLedger {
  struct State {
    var rows: [CallSID: StoredCall] = [:]
    var others: [String] = []
    var refused: Set<CallSID> = []
    var progress: AuditProgress?
    var verdicts: [AuditDay] = []
    var gone: Set<String> = []
    var compared: [AuditPage] = []
    var kept = 0
  }

  private let state = Mutex(State())
  /// Called before a comparison is made, by its number from 1.
  private let onCompare: @Sendable (Int) -> Void

  init(_ calls: [Call], onCompare: @escaping @Sendable (Int) -> Void = { _ in }) {
    self.onCompare = onCompare
    for call in calls { put(call) }
  }

  var notes: State { state.withLock { $0 } }

  func put(_ call: Call) {
    state.withLock {
      $0.rows[call.sid] = StoredCall(
        call: call, workspace: WorkspaceID(1), phoneNumber: call.ownNumber, leadNumber: call.leadNumber,
        cost: call.price?.magnitude, effectiveTime: call.effectiveTime)
    }
  }

  func remove(_ sid: CallSID) { state.withLock { $0.rows[sid] = nil } }

  func openAudit(_ period: Period, fence: RunFence) async throws(RunFailure) -> AuditProgress {
    notes.progress ?? AuditProgress()
  }

  func compare(_ page: AuditPage) async throws(RunFailure) -> AuditComparison {
    let number = state.withLock { state in
      state.compared.append(page)
      return state.compared.count
    }
    onCompare(number)
    let state = notes
    let listed = Set(page.calls.map(\.sid))
    let rows = state.rows.filter {
      listed.contains($0.key) || $0.value.call.callDate.map(page.span.contains) ?? false
    }
    let draft = AuditDraft(
      page, stored: rows, others: [], refused: state.refused,
      directory: PhoneDirectory(rows: [], defaultWorkspace: WorkspaceID(1)))
    return draft.compared([], rows: [:])
  }

  func keep(
    _ audit: AuditProgress, verdicts: [AuditDay], gone: Set<String>?, fence: RunFence
  ) async throws(RunFailure) {
    // As the database keeps it.
    let encoded = try? JSONEncoder().encode(audit)
    let decoded = encoded.flatMap { try? JSONDecoder().decode(AuditProgress.self, from: $0) }
    #expect(decoded == audit)
    state.withLock { state in
      state.kept += 1
      state.progress = audit
      state.verdicts += verdicts
      if let gone { state.gone.formUnion(gone) }
    }
  }
}

extension EngineBench {
  /// Does an audit to its end.
  func audit(
    _ table: AuditTable, since: Timestamp? = nil, until: Timestamp? = nil, isDaily: Bool = false
  ) async throws -> Result<SyncRun, RunFailure> {
    let clock = EngineClock(
      now: { self.script.now.adding(milliseconds: self.notes.elapsed) },
      sleep: { milliseconds in
        if milliseconds == Self.heartbeat { return try await self.heartbeats.wait() }
        self.note { $0.pauses.append(milliseconds) }
      }, random: { 0.5 })
    let audit = AuditRun(
      log: self, gate: RequestGate(maximum: 4, clock: clock), audits: table, runs: self, clock: clock)
    let conductor = RunConductor(
      hourly: nil, historical: nil, audit: audit, calls: self, runs: self, clock: clock, makeToken: makeToken,
      leaseSeconds: 90, heartbeat: Self.heartbeat,
      report: { _, event in self.note { $0.events.append(event) } })
    return try await conductor.start(
      .audit(since: since, until: until, isDaily: isDaily), requestedBy: "test"
    ).outcome()
  }
}
