/// A page of calls merged with what is stored: the first half of a page commit, before the
/// transfers are decided. Pure; the store hands in what it read under the commit lock.
package struct MergedPage: Sendable {
  /// Calls of cases 1 and 2 that are new or changed.
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
  /// What the calls of cases 1 and 2 amount to, before the transfers are counted.
  package let outboundOutcome: PageOutcome

  /// - Parameters:
  ///   - page: Calls as Twilio sent them; every SID once.
  ///   - stored: The rows of the page's SIDs.
  package init(page: [Call], stored: [CallSID: StoredCall], directory: PhoneDirectory) {
    let resolver = WorkspaceResolver(directory: directory)
    var outboundRows: [CallRow] = []
    var transfers: [Call] = []
    var touched: Set<TouchedMoment> = []
    var newPhones: Set<PhoneNumber> = []
    var unclaimed: Set<Int64> = []
    var calls: [Call] = []
    for incoming in page {
      let old = stored[incoming.sid]
      let call = old.map { $0.call.merged(with: incoming) } ?? incoming
      guard let attributionCase = call.attributionCase else { continue }
      calls.append(call)
      let related: CandidateCall?
      if attributionCase == .transfer {
        related = nil
        transfers.append(call)
      } else {
        let own = call.ownNumber
        let row = CallRow(
          call: call, attribution: resolver.attribution(ofOwnNumber: own), leadNumber: call.leadNumber)
        related = own.map { CandidateCall(sid: call.sid, ownNumber: $0, time: call.effectiveTime) }
        if let own, directory.workspace(of: own) == nil {
          if let row = directory.unclaimedRow(of: own) {
            unclaimed.insert(row)
          } else {
            newPhones.insert(own)
          }
        }
        if !row.isStored(as: old) { outboundRows.append(row) }
      }
      if related != old?.related || call.leadNumber != old?.leadNumber {
        if let time = related?.time, let lead = call.leadNumber {
          touched.insert(TouchedMoment(lead: lead, time: time))
        }
        if let time = old?.related?.time, let lead = old?.leadNumber {
          touched.insert(TouchedMoment(lead: lead, time: time))
        }
      }
    }
    self.outboundRows = outboundRows
    self.transfers = transfers
    self.calls = calls
    self.touched = touched
    var outcome = PageOutcome()
    outcome.changed.reserveCapacity(calls.count)
    for row in outboundRows {
      outcome.changed.insert(row.call.sid)
      outcome.countMove(from: stored[row.call.sid], to: row.attribution)
    }
    outboundOutcome = outcome
    self.newPhones = newPhones.sorted { $0.canonical < $1.canonical }
    unclaimedRows = unclaimed.sorted()
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

  /// What becomes of a merged call's place among the unsettled calls, now that Twilio was asked.
  package enum Change: Hashable, Sendable {
    case none
    /// Settled: it leaves the list.
    case remove
    /// Unsettled: it is on the list, was asked just now, and is perhaps given up.
    case asked(givenUp: Bool)
  }

  package static func change(for call: Call, stored: StoredCall?, readAt: Timestamp) -> Change {
    let isListed = stored.map { $0.isListedUnsettled || $0.isGivenUp } ?? false
    guard call.isUnsettled else { return isListed ? .remove : .none }
    if stored?.isGivenUp == true { return .none }
    let age = readAt.milliseconds(since: call.callDate ?? .epoch)
    return .asked(givenUp: age >= Int64(givenUpAfterHours) * 3_600_000)
  }
}
