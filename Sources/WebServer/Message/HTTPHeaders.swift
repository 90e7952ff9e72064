/// Header fields in the order they came, repeats kept; names compare without regard to case.
///
/// What could split a message never gets in: a field whose name is no token (RFC 9110 section 5.6.2)
/// is not added, and CR, LF and NUL in a value become spaces (section 5.5).
package struct HTTPHeaders: Sendable {
  /// One field line.
  package struct Field: Hashable, Sendable {
    package let name: String
    package let value: String
  }

  private(set) var fields: [Field] = []

  package init() {}

  package init(_ fields: [(String, String)]) {
    for (name, value) in fields { add(name, value) }
  }

  /// Adds a field after those that are there, a repeat included.
  package mutating func add(_ name: String, _ value: String) {
    guard Self.isToken(name) else { return }
    fields.append(Field(name: name, value: Self.onOneLine(value)))
  }

  /// Replaces every field of this name by one.
  package mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  /// Removes every field of this name.
  package mutating func remove(_ name: String) {
    fields.removeAll { Self.same($0.name, name) }
  }

  /// The value of the first field of this name.
  package subscript(_ name: String) -> String? {
    for field in fields where Self.same(field.name, name) { return field.value }
    return nil
  }

  /// The values of all fields of this name, in order.
  package func all(_ name: String) -> [String] {
    fields.filter { Self.same($0.name, name) }.map(\.value)
  }

  /// Adds a field that the request parser has judged already.
  mutating func addJudged(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  mutating func reserve(_ count: Int) {
    fields.reserveCapacity(count)
  }

  /// Whether two names are the same without regard to the case of ASCII letters.
  static func same(_ left: String, _ right: String) -> Bool {
    let left = left.utf8
    let right = right.utf8
    guard left.count == right.count else { return false }
    return zip(left, right).allSatisfy { Octet.lowercase($0) == Octet.lowercase($1) }
  }

  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy(Octet.isTokenCharacter)
  }

  private static func onOneLine(_ value: String) -> String {
    guard value.utf8.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else { return value }
    return String(decoding: value.utf8.map { $0 == 13 || $0 == 10 || $0 == 0 ? 32 : $0 }, as: UTF8.self)
  }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(elements)
  }
}

extension HTTPHeaders: Sequence {
  package func makeIterator() -> AnyIterator<(name: String, value: String)> {
    var iterator = fields.makeIterator()
    return AnyIterator { iterator.next().map { ($0.name, $0.value) } }
  }
}

extension HTTPHeaders: Hashable {}
