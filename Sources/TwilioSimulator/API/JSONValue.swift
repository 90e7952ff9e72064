import Foundation

/// A JSON value that can be read and written.
enum JSONValue: Hashable, Sendable, Decodable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
  /// JSON text that is written as it is.
  case verbatim(String)

  /// The text as a string; null without one.
  static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

  var text: String? { if case .string(let text) = self { text } else { nil } }
  var integer: Int? { if case .integer(let number) = self { number } else { nil } }
  var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  var elements: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }
  var fields: [String: JSONValue]? { if case .object(let fields) = self { fields } else { nil } }

  init(parsing bytes: some Sequence<UInt8>) throws(SimulatorError) {
    let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    guard let value else { throw SimulatorError("The body is no JSON: send an object or an array.") }
    self = value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let readings: [() throws -> JSONValue] = [
      { .bool(try container.decode(Bool.self)) }, { .integer(try container.decode(Int.self)) },
      { .number(try container.decode(Double.self)) }, { .string(try container.decode(String.self)) },
      { .array(try container.decode([JSONValue].self)) },
    ]
    let value = container.decodeNil() ? .null : readings.lazy.compactMap { try? $0() }.first
    self = try value ?? .object(container.decode([String: JSONValue].self))
  }

  /// The JSON text, without blanks.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  fileprivate func append(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let number): bytes += String(number).utf8
    case .number(let number): bytes += String(number).utf8
    case .string(let text): Self.append(text, to: &bytes)
    case .verbatim(let json): bytes += json.utf8
    case .array(let elements):
      bytes += "[".utf8 + Array(elements.map(\.bytes).joined(separator: ",".utf8)) + "]".utf8
    case .object(let fields): bytes += JSONObject(fields).bytes()
    }
  }

  /// A string with its quotes, escaped (RFC 8259 section 7).
  fileprivate static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      bytes += text.utf8
    } else {
      for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case ..<0x20: bytes += "\\u00\(byte < 0x10 ? "0" : "")\(String(byte, radix: 16))".utf8
        default: bytes.append(byte)
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

/// Writes a JSON object member by member.
struct JSONObject {
  private var text = Array("{".utf8)
  private var given: [String: JSONValue]
  private let omitted: Set<String>

  /// An object with all the members of `given`, each in the place of one written with its key or, in
  /// alphabetical order, at the end, and without the keys of `omitted`.
  init(_ given: [String: JSONValue] = [:], without omitted: Set<String> = []) {
    (self.given, self.omitted) = (given, omitted)
    text.reserveCapacity(2400)
  }

  mutating func write(_ key: String, _ value: JSONValue) {
    let value = given.isEmpty ? value : given.removeValue(forKey: key) ?? value
    guard !omitted.contains(key) else { return }
    if text.count > 1 { text.append(UInt8(ascii: ",")) }
    JSONValue.append(key, to: &text)
    text.append(UInt8(ascii: ":"))
    value.append(to: &text)
  }

  /// The whole object.
  consuming func bytes() -> [UInt8] {
    for (key, value) in given.sorted(by: { $0.key < $1.key }) { write(key, value) }
    text.append(UInt8(ascii: "}"))
    return text
  }
}
