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
