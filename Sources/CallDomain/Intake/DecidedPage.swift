/// The second half of a page commit: the transfers decided, and everything that is to be
/// written and counted. Pure.
package struct DecidedPage: Sendable {
  /// Transfers of the page that are new or changed.
  package let transferRows: [CallRow]
  /// Stored transfers outside the page whose attribution changed.
  package let reattributions: [Reattribution]
  package let outcome: PageOutcome

  /// - Parameters:
  ///   - evidence: One for each transfer of the page that has a lead, and one for each stored
  ///     transfer that a touched moment may have changed.
  ///   - createdPhones: How many rows were created in the directory.
  package init(
    merged: MergedPage, stored: [CallSID: StoredCall], candidates: [TransferCandidates],
    directory: PhoneDirectory, createdPhones: Int
  ) {
    let resolver = WorkspaceResolver(directory: directory)
    let bySID = Dictionary(candidates.map { ($0.sid, $0) }, uniquingKeysWith: { first, _ in first })
    var outcome = merged.outboundOutcome
    var transferRows: [CallRow] = []
    for call in merged.transfers {
      let lead = call.leadNumber
      let row = CallRow(
        call: call,
        attribution: resolver.attribution(
          ofTransferFrom: lead, at: call.effectiveTime, related: bySID[call.sid]?.related ?? []),
        leadNumber: lead)
      outcome.transfers[call.sid] = row.attribution.decidingNumber != nil
      let old = stored[call.sid]
      if outcome.countMove(from: old, to: row.attribution) { outcome.reattributed += 1 }
      if !row.isStored(as: old) {
        transferRows.append(row)
        outcome.changed.insert(call.sid)
      }
    }
    var reattributions: [Reattribution] = []
    for transfer in candidates {
      guard let old = transfer.stored else { continue }
      let attribution = resolver.attribution(
        ofTransferFrom: transfer.leadNumber, at: transfer.time, related: transfer.related)
      guard old.workspace != attribution.workspace || old.phoneNumber != attribution.decidingNumber
      else { continue }
      reattributions.append(
        Reattribution(sid: transfer.sid, from: old.workspace, attribution: attribution))
      outcome.transfers[transfer.sid] = attribution.decidingNumber != nil
      outcome.changed.insert(transfer.sid)
      outcome.redecided.append(transfer.time)
      if old.workspace != attribution.workspace {
        outcome.reattributed += 1
        outcome.moves[WorkspaceMove(from: old.workspace, to: attribution.workspace), default: 0] += 1
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
  package let from: WorkspaceID?
  package let attribution: Attribution

  package init(sid: CallSID, from: WorkspaceID?, attribution: Attribution) {
    self.sid = sid
    self.from = from
    self.attribution = attribution
  }
}

/// What one page commit did.
package struct PageOutcome: Hashable, Sendable {
  /// Rows that were added or changed, transfers outside the page included.
  package var changed: Set<CallSID> = []
  /// Transfers of the page, and stored ones that changed: whether a related call was found.
  package var transfers: [CallSID: Bool] = [:]
  /// When the stored transfers outside the page that changed took place.
  package var redecided: [Timestamp] = []
  package var createdPhones = 0
  /// Stored transfers whose workspace changed.
  package var reattributed = 0
  /// Stored calls of any case whose workspace changed.
  package var moves: [WorkspaceMove: Int] = [:]

  package init() {}

  /// Rows outside of a period that were changed, where all calls of the page lie within it.
  package func refreshed(outside period: Period) -> Int {
    redecided.count { !period.contains($0) }
  }

  /// - Returns: Whether the call was stored with another workspace.
  @discardableResult
  mutating func countMove(from stored: StoredCall?, to attribution: Attribution) -> Bool {
    guard let stored, stored.workspace != attribution.workspace else { return false }
    moves[WorkspaceMove(from: stored.workspace, to: attribution.workspace), default: 0] += 1
    return true
  }
}

/// What the table knows about a transfer that must be decided: closed, because the page's own
/// calls of cases 1 and 2 are already in the table when it is read.
package struct TransferCandidates: Hashable, Sendable {
  /// How a stored row is attributed now.
  package struct Stored: Hashable, Sendable {
    package var workspace: WorkspaceID?
    package var phoneNumber: PhoneNumber?

    package init(workspace: WorkspaceID?, phoneNumber: PhoneNumber?) {
      self.workspace = workspace
      self.phoneNumber = phoneNumber
    }
  }

  package let sid: CallSID
  package let leadNumber: PhoneNumber?
  /// The transfer's effective time.
  package let time: Timestamp
  /// The nearest call that rang the lead on either side in time; at most two.
  package let related: [CandidateCall]
  /// Nil when the transfer belongs to the page, whose stored rows are known already.
  package let stored: Stored?

  package init(
    sid: CallSID, leadNumber: PhoneNumber?, time: Timestamp, related: [CandidateCall], stored: Stored?
  ) {
    self.sid = sid
    self.leadNumber = leadNumber
    self.time = time
    self.related = related
    self.stored = stored
  }
}
