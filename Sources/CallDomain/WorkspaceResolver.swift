/// Decides whose a call is (Reference.md, "Whose call is it"): a pure function of the call, the directory and,
/// for a transfer, the calls that rang its lead.
package struct WorkspaceResolver: Sendable {
  package let directory: PhoneDirectory

  package init(directory: PhoneDirectory) {
    self.directory = directory
  }

  /// Whose a call is; nil for one that is of no case.
  ///
  /// - Parameter candidates: For a transfer, the calls that rang its lead; the nearest on either side do.
  package func attribution(
    of call: Call, candidates: some Sequence<CandidateCall> = []
  ) -> Attribution? {
    switch call.attributionCase {
    case .outboundAPI, .trunkingTerminating: attribution(ofOwnNumber: call.ownNumber)
    case .transfer:
      attribution(ofTransferFrom: call.leadNumber, at: call.effectiveTime, candidates: candidates)
    case nil: nil
    }
  }

  /// Rule 2: the nearest call that rang the lead gives its own number's workspace. Without a
  /// lead or such a call the transfer belongs to the default workspace.
  package func attribution(
    ofTransferFrom lead: PhoneNumber?, at moment: Timestamp, candidates: some Sequence<CandidateCall>
  ) -> Attribution {
    guard lead != nil, let nearest = CandidateCall.nearest(to: moment, among: candidates) else {
      return attribution(ofOwnNumber: nil)
    }
    return attribution(ofOwnNumber: nearest.ownNumber)
  }

  /// Rule 1: the workspace of a number of ours; the default one for a number that is not listed
  /// and for a withheld one.
  package func attribution(ofOwnNumber number: PhoneNumber?) -> Attribution {
    let workspace = number.flatMap(directory.workspace(of:)) ?? directory.defaultWorkspace
    return Attribution(workspace: workspace, decidingNumber: number)
  }
}

/// Whose call it is, and by which number that was decided.
package struct Attribution: Hashable, Sendable {
  package var workspace: WorkspaceID
  /// The workspace's own number that decided, nil when none did: the column `phone_number`.
  package var decidingNumber: PhoneNumber?

  package init(workspace: WorkspaceID, decidingNumber: PhoneNumber?) {
    self.workspace = workspace
    self.decidingNumber = decidingNumber
  }
}

/// A call of case 1 or 2 that rang a transfer's lead: a candidate for rule 2.
package struct CandidateCall: Hashable, Sendable {
  package let sid: CallSID
  /// The workspace's number that made the call.
  package let ownNumber: PhoneNumber
  /// The call's effective time.
  package let time: Timestamp

  package init(sid: CallSID, ownNumber: PhoneNumber, time: Timestamp) {
    self.sid = sid
    self.ownNumber = ownNumber
    self.time = time
  }

  /// Nil unless `call` is of a case that explains transfers and its caller is known.
  package init?(_ call: Call) {
    guard call.attributionCase?.explainsTransfers == true, let ownNumber = call.ownNumber else { return nil }
    self.init(sid: call.sid, ownNumber: ownNumber, time: call.effectiveTime)
  }

  /// Of `calls` the one that decides a transfer at `moment`: the nearest in time; of two equally
  /// near the one not later than the transfer, then the one with the smaller SID.
  package static func nearest(
    to moment: Timestamp, among calls: some Sequence<CandidateCall>
  ) -> CandidateCall? {
    calls.min { order($0, $1, moment).precedes }
  }

  /// Rule 2: which of two calls is nearer to a moment, and why, as `left` sees it.
  private static func order(
    _ left: CandidateCall, _ right: CandidateCall, _ moment: Timestamp
  ) -> (precedes: Bool, reason: CandidateReason) {
    let distances = (left.distance(to: moment), right.distance(to: moment))
    if distances.0 != distances.1 {
      return distances.0 < distances.1 ? (true, .nearest) : (false, .farther)
    }
    let isEarlier = left.time <= moment
    if isEarlier != (right.time <= moment) { return (isEarlier, isEarlier ? .notLater : .later) }
    return left.sid < right.sid ? (true, .smallerSID) : (false, .largerSID)
  }

  /// Milliseconds between the call and a moment.
  package func distance(to moment: Timestamp) -> Int64 {
    abs(time.milliseconds(since: moment))
  }
}

/// Why one candidate decides a transfer and another does not (Reference.md, "Explanations").
package enum CandidateReason: String, Hashable, Sendable, CaseIterable {
  case only = "only_candidate"
  case nearest
  case farther
  /// Equally near, and not later than the transfer.
  case notLater = "not_later"
  case later
  /// Equally near and on the same side of the transfer.
  case smallerSID = "smaller_sid"
  case largerSID = "larger_sid"
}

extension CandidateCall {
  /// The calls from the one that decides a transfer at `moment` on, by the comparison by which `nearest` decides;
  /// the first with what sets it apart from the second, the others with what sets them apart from the first.
  package static func ranked(
    _ calls: [CandidateCall], to moment: Timestamp
  ) -> [(call: CandidateCall, reason: CandidateReason)] {
    let sorted = calls.sorted { order($0, $1, moment).precedes }
    guard let first = sorted.first else { return [] }
    let others = sorted.dropFirst()
    let reason = others.first.map { order(first, $0, moment).reason } ?? .only
    return [(first, reason)] + others.map { ($0, order($0, first, moment).reason) }
  }
}
