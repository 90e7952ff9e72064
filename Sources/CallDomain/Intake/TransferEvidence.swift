/// What the table knows about a transfer that must be decided: closed, because the page's own
/// calls of cases 1 and 2 are already in the table when it is read.
package struct TransferEvidence: Hashable, Sendable {
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
  package let related: [RelatedCall]
  /// Nil when the transfer belongs to the page, whose stored rows are known already.
  package let stored: Stored?

  package init(
    sid: CallSID, leadNumber: PhoneNumber?, time: Timestamp, related: [RelatedCall], stored: Stored?
  ) {
    self.sid = sid
    self.leadNumber = leadNumber
    self.time = time
    self.related = related
    self.stored = stored
  }
}
