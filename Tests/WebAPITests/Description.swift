import Foundation
import WebServer

/// `/openapi.json` as it was answered.
struct Description {
  let root: JSONValue
  let schema: JSONSchema

  init(_ answer: Answer) throws {
    root = try JSONValue(answer.body)
    schema = JSONSchema(document: root)
  }

  var paths: [String: JSONValue] { root["paths"]?.object ?? [:] }

  var operations: [JSONValue] {
    paths.values.flatMap { path in path.object.filter { $0.key != "description" }.values }
  }

  func operation(_ method: String, _ pattern: String) -> JSONValue? { paths[pattern]?[method.lowercased()] }

  func parameters(of operation: JSONValue) -> [JSONValue] {
    operation["parameters"]?.list.compactMap(schema.followed) ?? []
  }

  /// The answer that is described for a request and its status.
  func response(_ method: String, _ target: String, _ status: Int) -> JSONValue? {
    let path = String(target.prefix { $0 != "?" }).replacing(/CA[0-9a-f]{32}$/, with: "{sid}")
      .replacing(/phones\/.+$/, with: "phones/{number}").replacing(/\d+$/, with: "{id}")
    return operation(method, path)?["responses"]?[String(status)].flatMap(schema.followed)
  }

  /// A sentence for each thing in which an answer is not as described. A key that is not described is one, too:
  /// clients may not mind, but readers of the description do.
  func faults(in answer: Answer, response: JSONValue) -> [String] {
    let missing = (response["headers"]?.object ?? [:]).filter { name, header in
      schema.followed(header)?["required"] == .bool(true) && answer.headers[name] == nil
    }
    let type = answer.headers["Content-Type"].map { String($0.prefix { $0 != ";" }) } ?? ""
    guard let form = response["content"]?[type]?["schema"], let value = try? JSONValue(answer.body) else {
      return ["no content of \(type) is described"]
    }
    return missing.keys.map { "\($0) is missing" } + schema.faults(value, form) + undescribed(value, form)
  }

  private func undescribed(_ value: JSONValue, _ form: JSONValue) -> [String] {
    let known = (form["anyOf"]?.list ?? [form]).flatMap { choice in
      (schema.followed(choice)?["properties"]?.object ?? [:]).keys
    }
    return value.object.keys.filter { !known.contains($0) }.map { "\($0) is not described" }
  }

  /// Every `$ref` in a value.
  static func references(in value: JSONValue) -> [String] {
    let own = value["$ref"]?.text.map { [$0] } ?? []
    return own + (value.list + Array(value.object.values)).flatMap(references)
  }
}

/// The part of JSON Schema 2020-12 that the description uses; a keyword that is not here is a fault.
struct JSONSchema {
  /// What references point into.
  let document: JSONValue

  /// What the reference leads to, where there is one; else the value itself. Nil when it leads nowhere.
  func followed(_ value: JSONValue) -> JSONValue? {
    guard let reference = value["$ref"]?.text else { return value }
    return resolved(reference)
  }

  /// What `#/a/b` names; nil when there is no such thing.
  func resolved(_ reference: String) -> JSONValue? {
    reference.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
  }

  /// A sentence for each place where `value` is not what `schema` says.
  func faults(_ value: JSONValue, _ schema: JSONValue, at place: String = "") -> [String] {
    schema.object.flatMap { faults(value, schema, $0, $1, place) }
  }

  private func faults(
    _ value: JSONValue, _ schema: JSONValue, _ keyword: String, _ rule: JSONValue, _ place: String
  ) -> [String] {
    switch keyword {
    case "description", "default": []
    case "$ref": referred(value, rule, place)
    case "required", "properties", "items":
      partFaults(value, schema, keyword, rule, place)
    default: accepts(value, keyword, rule) ? [] : ["\(place) is not \(keyword) \(rule)"]
    }
  }

  private func referred(_ value: JSONValue, _ rule: JSONValue, _ place: String) -> [String] {
    guard let schema = resolved(rule.text ?? "") else { return ["\(rule) leads nowhere"] }
    return faults(value, schema, at: place)
  }

  private func accepts(_ value: JSONValue, _ keyword: String, _ rule: JSONValue) -> Bool {
    switch keyword {
    case "type": value.type == rule.text
    case "const": value == rule
    case "enum": rule.list.contains(value)
    case "anyOf": rule.list.contains { faults(value, $0).isEmpty }
    case "minimum": value.number.map { $0 >= rule.number ?? .max } ?? true
    case "maximum": value.number.map { $0 <= rule.number ?? .min } ?? true
    case "maxItems": value.list.count <= rule.number ?? 0
    case "pattern": value.text.flatMap { text in try? Regex(rule.text ?? "").firstMatch(in: text) } != nil
    case "format": rule.text != "date-time" || value.text.map(Self.isTime) ?? true
    default: false
    }
  }

  private func partFaults(
    _ value: JSONValue, _ schema: JSONValue, _ keyword: String, _ rule: JSONValue, _ place: String
  ) -> [String] {
    let object = value.object
    let known = schema["properties"]?.object ?? [:]
    switch keyword {
    case "required":
      return rule.list.compactMap(\.text).filter { object[$0] == nil }.map { "\(place).\($0) is missing" }
    case "properties":
      return known.flatMap { key, rule in object[key].map { faults($0, rule, at: "\(place).\(key)") } ?? [] }
    default: return value.list.flatMap { faults($0, rule, at: place + "[]") }
    }
  }

  // The service writes all its times in this one form.
  private static func isTime(_ text: String) -> Bool {
    text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil
  }
}

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
