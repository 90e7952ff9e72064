/// A page of calls merged with what is stored: the first half of a page commit, before the
/// transfers are decided. Pure; the store hands in what it read under the commit lock.
package struct MergedPage: Sendable {
  /// What is written before the transfers are decided: calls of cases 1 and 2 that are new or changed, and
  /// those that were of one of them and are no candidate any more.
  package let outboundRows: [CallRow]
  /// The page's transfers, merged, whether changed or not: all are decided.
  package let transfers: [Call]
  /// Where stored transfers must be decided anew, because a call that rang their lead arrived or changed.
  package let touched: Set<TouchedMoment>
  /// Numbers of ours that the directory does not know: created with the default workspace.
  package let newPhones: [PhoneNumber]
  /// Rows of the directory without a workspace, to be given the default one.
  package let unclaimedRows: [Int64]
  /// Every call of the page that is stored, merged.
  package let calls: [Call]
  /// Stored calls whose rows stay as they are, whatever is decided: see `PageOutcome.kept`.
  let kept: Set<CallSID>
  /// Stored calls that stay in their workspaces, whatever is decided, and of which the rest is written.
  let placed: Set<CallSID>
  /// What the calls of cases 1 and 2 amount to, before the transfers are counted.
  package let outboundOutcome: PageOutcome

  /// - Parameters:
  ///   - page: Calls as Twilio sent them; every SID once.
  ///   - stored: The rows of the page's SIDs.
  ///   - isLastWord: See `IntakePage.isLastWord`.
  ///   - kept: Stored calls, of the page or not, whose rows the database does not let change.
  ///   - placed: Stored calls of the page of which it does not let the workspace change.
  package init(
    page: [Call], stored: [CallSID: StoredCall], directory: PhoneDirectory, isLastWord: Bool = false,
    kept: Set<CallSID> = [], placed: Set<CallSID> = []
  ) {
    (self.kept, self.placed) = (kept, placed)
    let resolver = WorkspaceResolver(directory: directory)
    var outboundRows: [CallRow] = []
    var transfers: [Call] = []
    var touched: Set<TouchedMoment> = []
    var newPhones: Set<PhoneNumber> = []
    var unclaimed: Set<Int64> = []
    var calls: [Call] = []
    for incoming in page {
      let old = stored[incoming.sid]
      let call = isLastWord ? incoming : old?.call.merged(with: incoming) ?? incoming
      guard let attributionCase = call.attributionCase, let attribution = resolver.attribution(of: call)
      else {
        // Stored when it was of a case: it keeps its workspace and explains nothing any more. A row that never was
        // stays as an older program wrote it.
        guard let old, old.wasAttributed else { continue }
        let row = CallRow(
          call: call,
          attribution: Attribution(
            workspace: old.workspace ?? directory.defaultWorkspace, decidingNumber: old.phoneNumber),
          leadNumber: old.leadNumber)
        if !row.isStored(as: old, isLastWord: isLastWord) { outboundRows.append(row) }
        calls.append(call)
        Self.note(call, old, in: &touched)
        continue
      }
      switch attributionCase {
      case .outboundAPI, .trunkingTerminating:
        let own = attribution.decidingNumber
        var row = CallRow(call: call, attribution: attribution, leadNumber: call.leadNumber)
        if let old, placed.contains(call.sid) { row = row.placed(as: old) }
        if let own, directory.workspace(of: own) == nil {
          if let row = directory.unclaimedRow(of: own) {
            unclaimed.insert(row)
          } else {
            newPhones.insert(own)
          }
        }
        if !row.isStored(as: old, isLastWord: isLastWord) { outboundRows.append(row) }
      case .transfer:
        transfers.append(call)
        // Else the table would still offer it to the lead's transfers as the call that it was.
        if let old, old.candidate != nil {
          outboundRows.append(
            CallRow(
              call: call,
              attribution: Attribution(
                workspace: old.workspace ?? directory.defaultWorkspace, decidingNumber: nil),
              leadNumber: call.leadNumber))
        }
      }
      calls.append(call)
      Self.note(call, old, in: &touched)
    }
    outboundRows.removeAll { kept.contains($0.call.sid) }
    self.outboundRows = outboundRows
    self.transfers = transfers
    self.calls = calls
    self.touched = touched
    var outcome = PageOutcome()
    outcome.changed.reserveCapacity(calls.count)
    for row in outboundRows where row.call.attributionCase != .transfer {
      let sid = row.call.sid
      outcome.changed.insert(sid)
      if let old = stored[sid], let move = CallMove(of: row.call, stored: old, to: row.attribution) {
        outcome.moves.append(move)
      }
    }
    outboundOutcome = outcome
    self.newPhones = newPhones.sorted { $0.canonical < $1.canonical }
    unclaimedRows = unclaimed.sorted()
  }

  /// Where a candidate comes, changes or goes away its lead's transfers are decided anew.
  private static func note(_ call: Call, _ old: StoredCall?, in touched: inout Set<TouchedMoment>) {
    let candidate = CandidateCall(call)
    guard candidate != old?.candidate || call.leadNumber != old?.leadNumber else { return }
    if let time = candidate?.time, let lead = call.leadNumber {
      touched.insert(TouchedMoment(lead: lead, time: time))
    }
    if let time = old?.candidate?.time, let lead = old?.leadNumber {
      touched.insert(TouchedMoment(lead: lead, time: time))
    }
  }
}

/// Where a call of case 1 or 2 that rang a lead arrived, changed or went away. It can only have changed the
/// decision of the lead's transfers that lie between the calls before and after this moment: for every
/// other transfer one of those is nearer.
package struct TouchedMoment: Hashable, Sendable {
  package let lead: PhoneNumber
  /// The call's effective time.
  package let time: Timestamp

  package init(lead: PhoneNumber, time: Timestamp) {
    self.lead = lead
    self.time = time
  }
}

/// How long Twilio is asked again for a call that is not settled (Reference.md, "Hourly run").
package enum UnsettledList {
  /// A call is given up only after one asking at this age or more.
  package static let givenUpAfterHours = 48
  /// How old a call of an older program may be that is asked for: to finalise a record takes up to so many days
  /// (https://www.twilio.com/docs/api/errors/20009).
  private static let youngDays = 14

  /// Whether Twilio may still have something to add to a call that an older program stored.
  package static func isYoung(_ callDate: Timestamp?, now: Timestamp) -> Bool {
    callDate.map { $0 > now.adding(hours: -24 * youngDays) } ?? false
  }

  /// Where a call stands in it.
  package enum Place: Hashable, Sendable {
    /// It is asked for.
    case waiting
    /// It was asked for at the age of 48 hours or more, and was not settled then.
    case givenUp
    /// The same, and Twilio did not know it (404).
    case gone
  }

  /// What becomes of a merged call's place among the unsettled calls, now that Twilio was asked.
  package enum Change: Hashable, Sendable {
    case none
    /// Settled: it leaves the list.
    case remove
    /// Unsettled: it is on the list, was asked just now, and is perhaps given up.
    case asked(givenUp: Bool)
  }

  package static func change(for call: Call, stored: StoredCall?, readAt: Timestamp) -> Change {
    let place = stored?.listing
    guard call.isUnsettled, call.attributionCase != nil else { return place == nil ? .none : .remove }
    // Twilio shows it after all.
    if place == .gone { return .asked(givenUp: false) }
    let age = readAt.milliseconds(since: call.callDate ?? .epoch)
    let isOld = age >= Int64(givenUpAfterHours) * 3_600_000
    // Else it has begun since.
    return place == .givenUp && isOld ? .none : .asked(givenUp: isOld)
  }
}
