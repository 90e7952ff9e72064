import CallDomain
import WebServer

/// `/openapi.json`: the description of all routes, itself included; made once and served from memory.
enum OpenAPIRoute {
  private static let pattern = "/openapi.json"
  private static let methods: [HTTPMethod] = [.get, .head]

  /// - Parameter rules: All other rows of the table.
  static func route(rules: [RouteRule], version: String) -> Route {
    let own = RouteRule(pattern: pattern, methods: methods, access: .open)
    let description = HTTPResponse.answer(OpenAPIDocument(rules: rules + [own], version: version).value.json)
    return Route(pattern, methods, .open) { _ in description }
  }
}
