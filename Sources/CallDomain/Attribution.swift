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
