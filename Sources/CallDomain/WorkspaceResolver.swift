/// Decides whose a call is (contract section 6): a pure function of the call, the directory and,
/// for a transfer, the calls that rang its lead.
package struct WorkspaceResolver: Sendable {
  package let directory: PhoneDirectory

  package init(directory: PhoneDirectory) {
    self.directory = directory
  }

  /// The workspace of `call`.
  ///
  /// - Parameter related: For a transfer, the calls of cases 1 and 2 that rang its lead, or of
  ///   them at least the nearest on either side in time. Other cases do not look at it.
  /// - Returns: nil for directions that are not stored.
  package func attribution(
    of call: Call, related: some Sequence<RelatedCall> = EmptyCollection<RelatedCall>()
  ) -> Attribution? {
    switch call.attributionCase {
    case .outboundAPI, .trunkingTerminating: attribution(ofOwnNumber: call.ownNumber)
    case .transfer: attribution(ofTransferFrom: call.leadNumber, at: call.effectiveTime, related: related)
    case nil: nil
    }
  }

  /// Rule 2: the nearest call that rang the lead gives its own number's workspace. Without a
  /// lead or such a call the transfer belongs to the default workspace.
  package func attribution(
    ofTransferFrom lead: PhoneNumber?, at moment: Timestamp, related: some Sequence<RelatedCall>
  ) -> Attribution {
    guard lead != nil, let nearest = RelatedCall.nearest(to: moment, among: related) else {
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
