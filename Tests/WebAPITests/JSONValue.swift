import Foundation

/// A JSON value; numbers are whole ones.
enum JSONValue: Hashable, Sendable, Decodable {
  case null
  case bool(Bool)
  case number(Int64)
  case text(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(_ json: String) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let bool = try? container.decode(Bool.self) {
      self = .bool(bool)
    } else if let number = try? container.decode(Int64.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let list = try? container.decode([JSONValue].self) {
      self = .list(list)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// The value of a key; nil where there is none, or no object.
  subscript(key: String) -> JSONValue? { object[key] }

  /// Empty for what is no object.
  var object: [String: JSONValue] { if case .object(let object) = self { object } else { [:] } }
  /// Empty for what is no list.
  var list: [JSONValue] { if case .list(let list) = self { list } else { [] } }
  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int64? { if case .number(let number) = self { number } else { nil } }

  /// Its type, as JSON Schema calls it.
  var type: String {
    switch self {
    case .null: "null"
    case .bool: "boolean"
    case .number: "integer"
    case .text: "string"
    case .list: "array"
    case .object: "object"
    }
  }
}
