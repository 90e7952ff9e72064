/// Header fields in the order they came, repeats kept; names compare without regard to case.
///
/// What could split a message never gets in: a field whose name is no token (RFC 9110 section 5.6.2)
/// is not added, and CR, LF and NUL in a value become spaces (section 5.5).
package struct HTTPHeaders: Hashable, Sendable, Sequence, ExpressibleByDictionaryLiteral {
  /// One field line.
  package struct Field: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  private(set) var fields: [Field] = []

  package init(_ fields: [(String, String)] = []) {
    for (name, value) in fields { add(name, value) }
  }

  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }

  package func makeIterator() -> IndexingIterator<[Field]> { fields.makeIterator() }

  /// Adds a field, even when there is one of this name.
  package mutating func add(_ name: String, _ value: String) {
    guard !name.isEmpty, name.utf8.allSatisfy(Octet.isTokenCharacter) else { return }
    fields.append(Field(name: name, value: Self.onOneLine(value)))
  }

  /// Replaces every field of this name by one.
  package mutating func set(_ name: String, _ value: String) {
    fields.removeAll { Octet.areSame($0.name.utf8, name.utf8) }
    add(name, value)
  }

  /// Adds a field that the request parser has checked.
  mutating func addChecked(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// The value of the first field of this name.
  package subscript(_ name: String) -> String? {
    for field in fields where Octet.areSame(field.name.utf8, name.utf8) { return field.value }
    return nil
  }

  /// The values of all fields of this name, in order.
  package func all(_ name: String) -> [String] {
    fields.filter { Octet.areSame($0.name.utf8, name.utf8) }.map(\.value)
  }

  private static func onOneLine(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else { return value }
    return String(decoding: value.utf8.map { $0 == 13 || $0 == 10 || $0 == 0 ? 32 : $0 }, as: UTF8.self)
  }
}
