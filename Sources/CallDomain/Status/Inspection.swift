/// What only `doctor` looks at in the database, because it reads whole tables.
package struct Inspection: Hashable, Sendable {
  /// A number and a workspace that it stands under.
  package struct Listing: Hashable, Sendable {
    package let number: PhoneNumber
    package let workspace: WorkspaceID

    package init(number: PhoneNumber, workspace: WorkspaceID) {
      self.number = number
      self.workspace = workspace
    }
  }

  /// Completed calls with a duration and no cost that nobody asks Twilio for any more.
  package var unpricedCalls = 0
  /// From the first of them to after the last; nil without one, or where none has a date.
  package var unpricedPeriod: Period?
  /// Numbers that stand in `workspaces` and not in `workspace_phones`: they attribute no call.
  package var unlisted: [Listing] = []
  /// Numbers that several workspaces list, one entry for each of them.
  package var shared: [Listing] = []
  /// Rows of `workspace_phones` without a workspace.
  package var phonesWithoutWorkspace = 0
  /// The database's clock, which gives rows their times.
  package var databaseTime: Timestamp?

  package init() {}
}
