/// A row of `workspace_phones` that is no canonical number, and what mends it (Reference.md, "Canonical numbers").
///
/// In another spelling a row means the same number and counts like any other; what is no number at all, or lacks its
/// country, is no call's own number, and its calls go to the default workspace without a word.
package struct PhoneSpelling: Hashable, Sendable {
  /// What mends a row.
  package enum Remedy: Hashable, Sendable {
    /// To write it as what it means.
    case rewrite(PhoneNumber)
    /// To delete it: another row is of the same number and counts before it.
    case delete(PhoneNumber)
    /// To write what it lacks, which only a person knows.
    case complete(Lack)
  }

  /// What a row lacks to be the number of a call.
  package enum Lack: Hashable, Sendable {
    /// The country's prefix.
    case country
    /// Everything: it is a word, a withheld caller or empty.
    case number
  }

  /// The row's `id`.
  package let id: Int64
  /// The row's `phone_number`, as somebody wrote it.
  package let written: String
  package let remedy: Remedy

  /// The rows that are no canonical numbers, in the order of their ids. Of rows that mean one number the first by
  /// rule 4 stays.
  ///
  /// - Parameters:
  ///   - brought: Of the `doubtful` numbers those that stored calls have: they are right as they are.
  package static func all(
    in rows: [PhoneRow], defaultWorkspace: WorkspaceID, brought: Set<PhoneNumber> = []
  ) -> [PhoneSpelling] {
    let directory = PhoneDirectory(rows: rows, defaultWorkspace: defaultWorkspace)
    // Numbers whose row is to be written anew, which could not be done beside a row that is written so already.
    var rewritten: Set<PhoneNumber> = []
    for row in rows {
      guard let number = PhoneNumber(listed: row.number), directory.countingRow(of: number) == row.id,
        PhoneNumber(stored: row.number) != number
      else { continue }
      rewritten.insert(number)
    }
    return rows.sorted { $0.id < $1.id }.compactMap { row in
      let number = PhoneNumber(listed: row.number)
      if let lack = Self.lack(of: number, brought) {
        return PhoneSpelling(id: row.id, written: row.number, remedy: .complete(lack))
      }
      guard let number, PhoneNumber(stored: row.number) != number || rewritten.contains(number) else {
        return nil
      }
      let counts = directory.countingRow(of: number) == row.id
      return PhoneSpelling(
        id: row.id, written: row.number, remedy: counts ? .rewrite(number) : .delete(number))
    }
  }

  /// Numbers that may be what calls have, or slips of the pen: their form does not tell.
  package static func doubtful(in rows: [PhoneRow]) -> Set<PhoneNumber> {
    Set(rows.compactMap { PhoneNumber(listed: $0.number) }.filter { lack(of: $0, []) != nil })
  }

  /// Nil for what calls have: numbers with their country, short ones, clients, SIP addresses, and what they have
  /// brought.
  static func lack(of number: PhoneNumber?, _ brought: Set<PhoneNumber> = []) -> Lack? {
    guard let number else { return .number }
    if brought.contains(number) { return nil }
    let text = number.canonical
    let isShown = text.unicodeScalars.allSatisfy {
      $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
    }
    if ["client:", "sip:", "sips:"].contains(where: text.lowercased().hasPrefix) {
      return isShown ? nil : .number
    }
    let digits = text.utf8.dropFirst(text.hasPrefix("+") ? 1 : 0)
    guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return .number }
    return text.hasPrefix("+") || digits.count < fewestDigits ? nil : .country
  }

  /// Fewer are a service's number, or an extension.
  private static let fewestDigits = 7
}

extension PhoneSpelling {
  /// The statement by which the tables' owner deletes rows.
  static func deletion(of rows: [Int64]) -> String {
    let list = rows.map { "\($0)" }.joined(separator: ", ")
    return "DELETE FROM workspace_phones WHERE id " + (rows.count == 1 ? "= \(list);" : "IN (\(list));")
  }

  /// The statement that deletes the row, where that mends it.
  var deletion: String? {
    guard case .delete = remedy else { return nil }
    return Self.deletion(of: [id])
  }

  /// The statement that writes the row anew, where that mends it.
  var update: String? {
    guard case .rewrite(let number) = remedy else { return nil }
    return "UPDATE workspace_phones SET phone_number = \(number.literal) WHERE id = \(id);"
  }
}

extension PhoneNumber {
  /// As SQL writes it.
  var literal: String { "'\(canonical.escaping("'", as: "''"))'" }
}
