import Foundation

/// `/openapi.json`: the file of that name, with the program's version and with what all operations share, which
/// stands in it once.
enum APIDescription {
  private typealias Object = [String: Any]

  static func text(version: String) -> String {
    guard var root = try? JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)) as? Object,
      var info = root["info"] as? Object, let paths = root["paths"] as? [String: Object],
      var components = root["components"] as? Object,
      let shared = components["responses"] as? [String: Object]
    else { return "{}" }
    info["version"] = version
    root["info"] = info
    let whole = paths.mapValues { completed(path: $0) }
    root["paths"] = whole
    let answersToHeads = whole.values.compactMap {
      ($0["head"] as? Object)?["responses"] as? [String: Object]
    }
    let names = Set(answersToHeads.flatMap(\.values).compactMap { $0["$ref"] as? String })
    let answers = shared.mapValues(named)
    components["responses"] = answers.merging(
      answers.map { ($0.key + head, withoutContent($0.value)) }
        .filter { names.contains("#/components/responses/\($0.0)") }
    ) { own, _ in own }
    root["components"] = components
    let data = try? JSONSerialization.data(
      withJSONObject: root, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// The file has `"head": "operationId"` where HEAD answers as GET does.
  private static func completed(path: Object) -> Object {
    var path = path
    for (method, value) in path {
      if let operation = value as? Object { path[method] = completed(operation: operation) }
    }
    guard let name = path["head"] as? String, var operation = path["get"] as? Object else { return path }
    operation["operationId"] = name
    operation["summary"] = "\(operation["summary"] ?? ""): the head of the answer alone"
    operation["responses"] = (operation["responses"] as? [String: Object])?.mapValues { response in
      (response["$ref"] as? String).map { ["$ref": $0 + head] } ?? withoutContent(response)
    }
    path["head"] = operation
    return path
  }

  private static func completed(operation: Object) -> Object {
    var operation = operation
    let own = operation["parameters"] as? [Object] ?? []
    operation["parameters"] =
      own + ["RequestId", "TraceParent"].map { ["$ref": "#/components/parameters/\($0)"] }
    let described = (operation["responses"] as? [String: Object] ?? [:]).mapValues(named)
    var answers = ownAnswers
    if let security = operation["security"] as? [Object], !security.isEmpty {
      answers["401"] = security.count > 1 ? "UnauthorizedReader" : "Unauthorized"
      answers["429"] = "TooManyAttempts"
    }
    operation["responses"] = described.merging(
      answers.mapValues { ["$ref": "#/components/responses/\($0)"] }
    ) { own, _ in own }
    return operation
  }

  /// With the headers by which every answer names its request.
  private static func named(_ response: Object) -> Object {
    guard response["$ref"] == nil else { return response }
    var response = response
    response["headers"] = (response["headers"] as? Object ?? [:]).merging([
      "X-Request-Id": ["$ref": "#/components/headers/RequestId"],
      "traceparent": ["$ref": "#/components/headers/TraceParent"],
    ]) { own, _ in own }
    return response
  }

  private static func withoutContent(_ response: Object) -> Object {
    response.filter { $0.key != "content" }
  }

  /// What the server answers of itself, whatever is asked.
  private static let ownAnswers = [
    "400": "BadRequest", "408": "RequestTimeout", "413": "ContentTooLarge", "414": "UriTooLong",
    "417": "ExpectationFailed", "431": "HeadersTooLarge", "501": "NotImplemented",
    "503": "TooManyConnections",
    "505": "VersionNotSupported",
  ]

  /// What the name of an answer to HEAD ends with.
  private static let head = "Head"
}
