import CallDomain
import TestSupport
import Testing

@Suite("A call that goes to another workspace: why, and by which number")
struct CallMoveTests {
  private let noon = makeTime("2026-03-01T12:00:00Z")
  private let one = makeNumber("+34910000001")
  private let two = makeNumber("+34910000002")

  /// A stored call of workspace 1, whatever the rules say.
  private func makeStored(_ call: Call, number: PhoneNumber?, precedesRun: Bool = true) -> StoredCall {
    StoredCall(
      call: call, workspace: WorkspaceID(1), phoneNumber: number, leadNumber: call.leadNumber, cost: nil,
      effectiveTime: call.effectiveTime, precedesRun: precedesRun)
  }

  /// Number one is of workspace 7, number two of 8.
  private var listed: PhoneDirectory {
    PhoneDirectory(
      rows: [makeRow(1, 7), makeRow(2, 8, number: two.canonical)], defaultWorkspace: WorkspaceID(1))
  }

  /// What a page with `call` moves, where these numbers have rung its lead.
  private func moves(_ call: Call, over old: StoredCall, ringing candidates: [PhoneNumber] = []) -> [CallMove]
  {
    let stored = [call.sid: old]
    let decided = DecidedPage(
      merged: MergedPage(page: [call], stored: stored, directory: listed), stored: stored,
      candidates: [
        TransferCandidates(
          sid: call.sid, leadNumber: call.leadNumber, time: call.effectiveTime,
          candidates: candidates.map { CandidateCall(sid: makeSID(900), ownNumber: $0, time: noon) },
          stored: nil)
      ], directory: listed, createdPhones: 0)
    return decided.outcome.moves
  }

  private func move(
    _ call: Call, to workspace: Int64, _ number: PhoneNumber?, _ cause: CallMove.Cause
  ) -> [CallMove] {
    [
      CallMove(
        sid: call.sid, from: WorkspaceID(1), to: WorkspaceID(workspace), number: number, cause: cause)
    ]
  }

  @Test("The same number in another workspace: the directory, whatever else changed but the direction")
  func directory() {
    let call = makeCall()
    #expect(moves(call, over: makeStored(call, number: one)) == move(call, to: 7, one, .directory))
    let later = makeCall(endTime: noon, dateUpdated: noon)
    #expect(moves(later, over: makeStored(call, number: one)) == move(call, to: 7, one, .directory))
    // An older program wrote no number.
    #expect(moves(call, over: makeStored(call, number: nil)) == move(call, to: 7, one, .directory))
    let transfer = makeTransfer()
    #expect(
      moves(transfer, over: makeStored(transfer, number: two), ringing: [two])
        == move(transfer, to: 8, two, .directory))
  }

  @Test("Another number because its own numbers or its time changed: a late fact")
  func lateFact() {
    let call = makeCall()
    let corrected = makeCall(from: two.canonical, dateUpdated: noon)
    #expect(moves(corrected, over: makeStored(call, number: one)) == move(call, to: 8, two, .lateFact))
    let transfer = makeTransfer()
    var (later, other) = (makeTransfer(endTime: noon), transfer)
    other.from = "+34600000033"
    other.dateUpdated = noon
    for version in [later, other] {
      #expect(
        moves(version, over: makeStored(transfer, number: one), ringing: [two])
          == move(transfer, to: 8, two, .lateFact))
    }
    // Its time is another, and its number the same.
    later.dateUpdated = noon
    #expect(
      moves(later, over: makeStored(transfer, number: two), ringing: [two])
        == move(transfer, to: 8, two, .directory))
  }

  @Test("Another number for a transfer that stayed as it was: the candidate")
  func candidate() {
    let transfer = makeTransfer()
    #expect(
      moves(transfer, over: makeStored(transfer, number: one), ringing: [two])
        == move(transfer, to: 8, two, .candidate))
    var unmatched = makeStored(transfer, number: two)
    unmatched.workspace = WorkspaceID(8)
    #expect(
      moves(transfer, over: unmatched) == [
        CallMove(
          sid: transfer.sid, from: WorkspaceID(8), to: WorkspaceID(1), number: two, cause: .candidate)
      ])
  }

  @Test("Another direction comes before every other cause, also with the same number")
  func direction() {
    let call = makeCall()
    let terminating = makeCall(direction: .trunkingTerminating, dateUpdated: noon)
    #expect(moves(terminating, over: makeStored(call, number: one)) == move(call, to: 7, one, .direction))
    var transfer = makeCall(direction: .trunkingOriginating, dateUpdated: noon)
    transfer.from = "+34600000022"
    #expect(
      moves(transfer, over: makeStored(call, number: one), ringing: [two])
        == move(call, to: 8, two, .direction))
  }

  @Test("A row without a workspace moves from none")
  func fromNone() {
    let call = makeCall()
    var stored = makeStored(call, number: one)
    stored.workspace = nil
    #expect(moves(call, over: stored).map(\.from) == [nil])
  }

  @Test("What stays, what is new, and what was first stored since the run began moves nothing")
  func nothing() {
    let call = makeCall()
    var same = makeStored(call, number: one)
    same.workspace = WorkspaceID(7)
    #expect(moves(call, over: same).isEmpty)
    #expect(moves(call, over: makeStored(call, number: one, precedesRun: false)).isEmpty)
    #expect(MergedPage(page: [call], stored: [:], directory: listed).outboundOutcome.moves.isEmpty)
  }

  @Test(
    "A stored transfer that a page decides anew: the candidate, or the directory", arguments: [true, false])
  func redecided(precedesRun: Bool) {
    let merged = MergedPage(page: [], stored: [:], directory: listed)
    for (before, cause) in [(one, CallMove.Cause.candidate), (two, .directory)] {
      let decided = DecidedPage(
        merged: merged, stored: [:],
        candidates: [
          TransferCandidates(
            sid: makeSID(100), leadNumber: makeNumber("+34600000022"), time: noon,
            candidates: [CandidateCall(sid: makeSID(1), ownNumber: two, time: noon)],
            stored: TransferCandidates.Stored(
              workspace: WorkspaceID(1), phoneNumber: before, precedesRun: precedesRun))
        ], directory: listed, createdPhones: 0)
      // Written it is either way.
      #expect(decided.reattributions.map(\.attribution.workspace) == [WorkspaceID(8)])
      #expect(
        decided.outcome.moves
          == (precedesRun ? move(makeTransfer(), to: 8, two, cause) : []))
    }
  }
}
