/// Writes JSON text, without blanks, into bytes.
struct JSONWriter {
  private(set) var bytes: [UInt8] = []

  init(reserving capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// JSON text as it is.
  mutating func raw(_ text: String) {
    bytes.append(contentsOf: text.utf8)
  }

  /// JSON text as it is.
  mutating func raw(_ text: [UInt8]) {
    bytes.append(contentsOf: text)
  }

  /// Removes a comma that turned out to be the last character.
  mutating func dropTrailingComma() {
    if bytes.last == UInt8(ascii: ",") { bytes.removeLast() }
  }

  /// A string with its quotes, escaped (RFC 8259 section 7).
  mutating func string(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }) {
      bytes.append(contentsOf: text.utf8)
    } else {
      for byte in text.utf8 { escape(byte) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// A string, or null.
  mutating func string(_ text: String?) {
    if let text { string(text) } else { raw("null") }
  }

  /// `"key":"text",` or `"key":null,`.
  mutating func member(_ key: String, _ text: String?) {
    string(key)
    bytes.append(UInt8(ascii: ":"))
    string(text)
    bytes.append(UInt8(ascii: ","))
  }

  /// `"key":number,`.
  mutating func member(_ key: String, _ number: Int) {
    string(key)
    raw(":\(number),")
  }

  /// `"key":value,`.
  mutating func member(_ key: String, _ value: JSONValue) {
    string(key)
    bytes.append(UInt8(ascii: ":"))
    self.value(value)
    bytes.append(UInt8(ascii: ","))
  }

  /// Any value; the keys of objects in alphabetical order.
  mutating func value(_ value: JSONValue) {
    switch value {
    case .null: raw("null")
    case .bool(let bool): raw(bool ? "true" : "false")
    case .integer(let number): raw("\(number)")
    case .number(let number): raw("\(number)")
    case .string(let text): string(text)
    case .array(let elements):
      raw("[")
      for element in elements {
        self.value(element)
        raw(",")
      }
      dropTrailingComma()
      raw("]")
    case .object(let fields):
      raw("{")
      for (key, field) in fields.sorted(by: { $0.key < $1.key }) { member(key, field) }
      dropTrailingComma()
      raw("}")
    }
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, byte])
    case ..<0x20: raw(byte < 0x10 ? "\\u000\(String(byte, radix: 16))" : "\\u00\(String(byte, radix: 16))")
    default: bytes.append(byte)
    }
  }
}
