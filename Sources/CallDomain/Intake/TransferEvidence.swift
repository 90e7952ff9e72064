/// What the table knows about a transfer that must be decided: closed, because the page's own
/// calls of cases 1 and 2 are already in the table when it is read.
package struct TransferEvidence: Hashable, Sendable {
  package let sid: CallSID
  package let leadNumber: PhoneNumber?
  /// The transfer's effective time.
  package let time: Timestamp
  /// The nearest call that rang the lead on either side in time; at most two.
  package let related: [RelatedCall]
  /// How the row is attributed now; nil when the transfer belongs to the page, whose stored
  /// rows are known already.
  package let stored: (workspace: WorkspaceID?, phoneNumber: PhoneNumber?)?

  package init(
    sid: CallSID, leadNumber: PhoneNumber?, time: Timestamp, related: [RelatedCall],
    stored: (workspace: WorkspaceID?, phoneNumber: PhoneNumber?)?
  ) {
    self.sid = sid
    self.leadNumber = leadNumber
    self.time = time
    self.related = related
    self.stored = stored
  }

  package static func == (left: TransferEvidence, right: TransferEvidence) -> Bool {
    left.sid == right.sid && left.leadNumber == right.leadNumber && left.time == right.time
      && left.related == right.related && left.stored?.workspace == right.stored?.workspace
      && left.stored?.phoneNumber == right.stored?.phoneNumber
      && (left.stored == nil) == (right.stored == nil)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(sid)
  }
}
