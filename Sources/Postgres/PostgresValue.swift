/// A parameter of a statement, sent as text.
///
/// Numbers, booleans and their arrays declare their type to the server. Text, text arrays and NULL leave
/// it open, so that a cast in the SQL decides (`$1::timestamptz`, `$2::numeric[]`).
package enum PostgresValue: Sendable, Hashable {
  /// SQL NULL of whatever type the statement expects.
  case null
  /// Text, or any other type in its text form; must not contain U+0000, which PostgreSQL cannot store.
  case text(String)
  /// A `bigint`.
  case int(Int64)
  /// A `boolean`.
  case bool(Bool)
  /// An array written as text: `$1::text[]`, `$1::timestamptz[]`, `$1::jsonb[]`.
  case textArray([String?])
  /// A `bigint[]`.
  case intArray([Int64?])
  /// A `boolean[]`.
  case boolArray([Bool?])
}

extension PostgresValue {
  /// The type's OID as in PostgreSQL's `pg_type.dat`; 0 lets the server infer it.
  var typeOID: UInt32 {
    switch self {
    case .null, .text, .textArray: 0
    case .bool: 16
    case .int: 20
    case .boolArray: 1000
    case .intArray: 1016
    }
  }

  /// Appends the text form; false for NULL, which has none.
  func appendText(to bytes: inout [UInt8]) -> Bool {
    switch self {
    case .null: return false
    case .text(let text): bytes.append(contentsOf: text.utf8)
    case .int(let number): Self.append(number, to: &bytes)
    case .bool(let flag): bytes.append(flag ? UInt8(ascii: "t") : UInt8(ascii: "f"))
    case .textArray(let elements):
      Self.append(elements, to: &bytes) { Self.appendQuoted($0, to: &$1) }
    case .intArray(let elements): Self.append(elements, to: &bytes) { Self.append($0, to: &$1) }
    case .boolArray(let elements):
      Self.append(elements, to: &bytes) { $1.append($0 ? UInt8(ascii: "t") : UInt8(ascii: "f")) }
    }
    return true
  }

  /// About how many bytes the text form has.
  var likelyLength: Int {
    switch self {
    case .null, .bool: 2
    case .text(let text): text.utf8.count + 1
    case .int: 12
    case .textArray(let elements): elements.count * 26 + 3
    case .intArray(let elements): elements.count * 14 + 3
    case .boolArray(let elements): elements.count * 2 + 3
    }
  }

  /// The array input syntax of the PostgreSQL manual, section 8.15.6; an unquoted NULL is a null element.
  private static func append<Element>(
    _ elements: [Element?], to bytes: inout [UInt8], _ append: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: "{"))
    for (position, element) in elements.enumerated() {
      if position > 0 { bytes.append(UInt8(ascii: ",")) }
      if let element { append(element, &bytes) } else { bytes.append(contentsOf: "NULL".utf8) }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  /// Always quoted, so that no content (empty, `NULL`, braces, commas, spaces) has a meaning of its own.
  private static func appendQuoted(_ element: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in element.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: String(number).utf8)
  }
}
