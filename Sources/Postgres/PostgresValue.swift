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

  /// The text form, nil for NULL.
  var wireText: String? {
    switch self {
    case .null: nil
    case .text(let text): text
    case .int(let number): String(number)
    case .bool(let flag): flag ? "t" : "f"
    case .textArray(let elements): Self.arrayText(elements.map { $0.map(Self.quoted) })
    case .intArray(let elements): Self.arrayText(elements.map { $0.map { String($0) } })
    case .boolArray(let elements): Self.arrayText(elements.map { $0.map { $0 ? "t" : "f" } })
    }
  }

  /// The array input syntax of the PostgreSQL manual, section 8.15.6; an unquoted NULL is a null element.
  private static func arrayText(_ elements: [String?]) -> String {
    "{" + elements.map { $0 ?? "NULL" }.joined(separator: ",") + "}"
  }

  /// Always quoted, so that no content (empty, `NULL`, braces, commas, spaces) has a meaning of its own.
  private static func quoted(_ element: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    bytes.reserveCapacity(element.utf8.count + 2)
    for byte in element.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
    return String(decoding: bytes, as: UTF8.self)
  }
}
