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

  /// The answer that is described for a request and its status.
  func response(_ method: String, _ target: String, _ status: Int) -> JSONValue? {
    let path = String(target.prefix { $0 != "?" }).replacing(/\d+$/, with: "{id}")
    return operation(method, path)?["responses"]?[String(status)].flatMap(schema.followed)
  }

  /// A sentence for each thing in which an answer is not as described. A key that is not described is one, too:
  /// clients may not mind, but whoever reads the description does.
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
