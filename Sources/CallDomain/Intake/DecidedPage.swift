/// The second half of a page commit: the transfers decided, and everything that is to be
/// written and counted. Pure.
package struct DecidedPage: Sendable {
  /// Transfers of the page that are new or changed.
  package let transferRows: [CallRow]
  /// Stored transfers outside the page whose attribution changed.
  package let reattributions: [Reattribution]
  package var outcome: PageOutcome

  /// - Parameters:
  ///   - candidates: One for each transfer of the page that has a lead, and one for each stored
  ///     transfer that a touched moment may have changed.
  ///   - createdPhones: How many rows were created in the directory.
  ///   - isLastWord: See `IntakePage.isLastWord`.
  package init(
    merged: MergedPage, stored: [CallSID: StoredCall], candidates: [TransferCandidates],
    directory: PhoneDirectory, createdPhones: Int, isLastWord: Bool = false
  ) {
    let resolver = WorkspaceResolver(directory: directory)
    let bySID = Dictionary(candidates.map { ($0.sid, $0) }, uniquingKeysWith: { first, _ in first })
    var outcome = merged.outboundOutcome
    var transferRows: [CallRow] = []
    for call in merged.transfers {
      let candidates = bySID[call.sid]?.candidates ?? []
      guard let attribution = resolver.attribution(of: call, candidates: candidates) else { continue }
      let old = stored[call.sid]
      if let old, merged.kept.contains(call.sid) {
        outcome.transfers[call.sid] = old.phoneNumber != nil
        continue
      }
      var row = CallRow(call: call, attribution: attribution, leadNumber: call.leadNumber)
      if let old, merged.placed.contains(call.sid) { row = row.placed(as: old) }
      outcome.transfers[call.sid] = row.attribution.decidingNumber != nil
      if let old, let move = CallMove(of: call, stored: old, to: row.attribution) {
        outcome.moves.append(move)
      }
      if !row.isStored(as: old, isLastWord: isLastWord) {
        transferRows.append(row)
        outcome.changed.insert(call.sid)
      }
    }
    var reattributions: [Reattribution] = []
    for transfer in candidates where !merged.kept.contains(transfer.sid) {
      guard let old = transfer.stored else { continue }
      let attribution = resolver.attribution(
        ofTransferFrom: transfer.leadNumber, at: transfer.time, candidates: transfer.candidates)
      guard old.workspace != attribution.workspace || old.phoneNumber != attribution.decidingNumber
      else { continue }
      reattributions.append(Reattribution(sid: transfer.sid, attribution: attribution))
      outcome.transfers[transfer.sid] = attribution.decidingNumber != nil
      outcome.changed.insert(transfer.sid)
      outcome.redecided[transfer.sid] = transfer.time
      if let move = CallMove(ofTransfer: transfer.sid, stored: old, to: attribution) {
        outcome.moves.append(move)
      }
    }
    outcome.createdPhones = createdPhones
    self.transferRows = transferRows
    self.reattributions = reattributions
    self.outcome = outcome
  }
}

/// A stored call whose attribution changes and nothing else.
package struct Reattribution: Hashable, Sendable {
  package let sid: CallSID
  package let attribution: Attribution

  package init(sid: CallSID, attribution: Attribution) {
    self.sid = sid
    self.attribution = attribution
  }
}

/// What one page commit did.
package struct PageOutcome: Hashable, Sendable {
  /// Rows that were added or changed, transfers outside the page included.
  package var changed: Set<CallSID> = []
  /// Transfers of the page, and stored ones that changed: whether a related call was found.
  package var transfers: [CallSID: Bool] = [:]
  /// The stored transfers outside the page that changed, and when they took place.
  package var redecided: [CallSID: Timestamp] = [:]
  package var createdPhones = 0
  /// Numbers of ours that the directory does not take, with the reason in a few Spanish words.
  package var refusedPhones: [PhoneNumber: String] = [:]
  /// Calls of the page that were set aside.
  package var refused: [RefusedCall] = []
  /// Stored calls of which the database did not let the row, or its workspace, change; nil where there are none.
  package var kept: KeptCalls?
  /// Whether the server wrote fewer rows than it was given, without a word: a trigger passed over some.
  package var isIncomplete = false
  /// Calls of the page that are not in the table for that reason.
  package var missing: Set<CallSID> = []
  /// Calls of any case, stored before the run began, that went to another workspace: each once.
  package var moves: [CallMove] = []

  package init() {}

  /// Rows outside of a period that were changed, where all calls of the page lie within it.
  package func redecided(outside period: Period) -> [CallSID] {
    redecided.filter { !period.contains($0.value) }.map(\.key)
  }
}

/// What the table knows about a transfer that must be decided: closed, because the page's own
/// calls of cases 1 and 2 are already in the table when it is read.
package struct TransferCandidates: Hashable, Sendable {
  /// How a stored row is attributed now.
  package struct Stored: Hashable, Sendable {
    package var workspace: WorkspaceID?
    package var phoneNumber: PhoneNumber?
    /// See `StoredCall.precedesRun`.
    package var precedesRun: Bool

    package init(workspace: WorkspaceID?, phoneNumber: PhoneNumber?, precedesRun: Bool = true) {
      self.workspace = workspace
      self.phoneNumber = phoneNumber
      self.precedesRun = precedesRun
    }
  }

  package let sid: CallSID
  package let leadNumber: PhoneNumber?
  /// The transfer's effective time.
  package let time: Timestamp
  /// The nearest call that rang the lead on either side in time; at most two.
  package let candidates: [CandidateCall]
  /// Nil when the transfer belongs to the page, whose stored rows are known already.
  package let stored: Stored?

  package init(
    sid: CallSID, leadNumber: PhoneNumber?, time: Timestamp, candidates: [CandidateCall], stored: Stored?
  ) {
    self.sid = sid
    self.leadNumber = leadNumber
    self.time = time
    self.candidates = candidates
    self.stored = stored
  }
}
