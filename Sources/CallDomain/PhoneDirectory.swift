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
    Self.order(row, other, defaultWorkspace).precedes
  }
}

/// Why one row of the directory counts and another of the same number does not (Reference.md, "Explanations").
package enum RowReason: String, Hashable, Sendable, CaseIterable {
  /// The only one with a workspace.
  case only = "only_row"
  /// Of rows of several workspaces the primary one.
  case primary
  case notPrimary = "not_primary"
  /// The other is of the default workspace.
  case notDefault = "not_default"
  case isDefault = "default_workspace"
  case lowestID = "lowest_id"
  case higherID = "higher_id"
  /// A row without a workspace counts as none.
  case noWorkspace = "no_workspace"
  /// It seems to mean the number and is written in a form that is not the same number.
  case otherSpelling = "other_spelling"
}

extension PhoneDirectory {
  /// A row that has to do with a number.
  package struct Ranked: Hashable, Sendable {
    package let row: PhoneRow
    /// Whether it decides the number's workspace.
    package let isChosen: Bool
    package let reason: RowReason
  }

  /// Of `rows` those that list a number, the one that decides first, by the comparison by which `workspace(of:)`
  /// decides; then those that seem to mean it.
  package static func ranked(
    _ rows: [PhoneRow], for number: PhoneNumber, defaultWorkspace: WorkspaceID
  ) -> [Ranked] {
    let rows = rows.sorted { $0.id < $1.id }
    let own = rows.filter { PhoneNumber(listed: $0.number) == number }
    let listed = own.filter { $0.workspace != nil }
      .sorted { order($0, $1, defaultWorkspace).precedes }
    let first = listed.first.map { winner in
      Ranked(
        row: winner, isChosen: true,
        reason: listed.dropFirst().first.map { order(winner, $0, defaultWorkspace).reason } ?? .only)
    }
    let others = listed.dropFirst().map { row in
      Ranked(
        row: row, isChosen: false,
        reason: first.map { order(row, $0.row, defaultWorkspace).reason } ?? .higherID)
    }
    let unclaimed = own.filter { $0.workspace == nil }
      .map { Ranked(row: $0, isChosen: false, reason: .noWorkspace) }
    let alike = rows.filter { seemsToMean(number, $0.number) }
      .map { Ranked(row: $0, isChosen: false, reason: .otherSpelling) }
    return [first].compactMap(\.self) + others + unclaimed + alike
  }

  /// Rule 4: which of two rows of a number counts, and why, as `row` sees it.
  private static func order(
    _ row: PhoneRow, _ other: PhoneRow, _ defaultWorkspace: WorkspaceID
  ) -> (precedes: Bool, reason: RowReason) {
    if row.isPrimary != other.isPrimary { return (row.isPrimary, row.isPrimary ? .primary : .notPrimary) }
    let isDefault = row.workspace == defaultWorkspace
    if isDefault != (other.workspace == defaultWorkspace) {
      return (!isDefault, isDefault ? .isDefault : .notDefault)
    }
    return (row.id < other.id, row.id < other.id ? .lowestID : .higherID)
  }

  /// Whether a row is written like the number, without being it: the digits of one end with those of the other.
  private static func seemsToMean(_ number: PhoneNumber, _ written: String) -> Bool {
    guard PhoneNumber(listed: written) != number else { return false }
    let listed = PhoneNumber(listed: written)?.canonical ?? written
    let digits = (of: digits(number.canonical), listed: digits(listed))
    let shorter = min(digits.of.count, digits.listed.count)
    return shorter >= leastDigits
      && (digits.of.hasSuffix(digits.listed) || digits.listed.hasSuffix(digits.of))
  }

  private static func digits(_ text: String) -> String {
    String(text.unicodeScalars.filter { "0"..."9" ~= $0 }.map(Character.init))
  }

  // Fewer would find extensions and short numbers in every longer one.
  private static let leastDigits = 7
}
