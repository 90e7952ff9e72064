/// A row of `workspace_phones`.
package struct PhoneRow: Hashable, Sendable {
  package var id: Int64
  /// Nil in some older databases: such a row counts as not listed.
  package var workspace: WorkspaceID?
  /// As somebody wrote it; compared in its canonical form.
  package var number: String
  package var isPrimary: Bool

  package init(id: Int64, workspace: WorkspaceID?, number: String, isPrimary: Bool) {
    self.id = id
    self.workspace = workspace
    self.number = number
    self.isPrimary = isPrimary
  }
}

/// Which workspace a number belongs to, by `workspace_phones` alone (Reference.md, "Rules").
package struct PhoneDirectory: Sendable {
  /// The workspace of calls that nothing else claims.
  package let defaultWorkspace: WorkspaceID
  private var listed: [PhoneNumber: PhoneRow] = [:]
  private var unclaimed: [PhoneNumber: Int64] = [:]

  package init(rows: [PhoneRow], defaultWorkspace: WorkspaceID) {
    self.defaultWorkspace = defaultWorkspace
    for row in rows {
      guard let number = PhoneNumber(listed: row.number) else { continue }
      if row.workspace == nil {
        unclaimed[number] = min(row.id, unclaimed[number] ?? row.id)
      } else if listed[number].map({ precedes(row, $0) }) ?? true {
        listed[number] = row
      }
    }
  }

  /// How many different numbers have a workspace.
  package var count: Int { listed.count }

  /// The number's workspace, nil when it is not listed.
  package func workspace(of number: PhoneNumber) -> WorkspaceID? {
    listed[number]?.workspace
  }

  /// The row that stands for the number before all others that mean it: the one whose workspace counts, else the
  /// one that would be given the default workspace.
  package func countingRow(of number: PhoneNumber) -> Int64? {
    listed[number]?.id ?? unclaimed[number]
  }

  /// The row to give the default workspace instead of creating a second one, when the number
  /// stands only in rows without a workspace; the lowest id of them.
  package func unclaimedRow(of number: PhoneNumber) -> Int64? {
    listed[number] == nil ? unclaimed[number] : nil
  }

  /// A primary number first, then any workspace other than the default, then the lowest row id.
  private func precedes(_ row: PhoneRow, _ other: PhoneRow) -> Bool {
    if row.isPrimary != other.isPrimary { return row.isPrimary }
    let isDefault = row.workspace == defaultWorkspace
    if isDefault != (other.workspace == defaultWorkspace) { return !isDefault }
    return row.id < other.id
  }
}
