import CallDomain
import Synchronization
import WebServer

/// `/openapi.json`: the description of all routes, itself included; made when somebody first asks, and then
/// served from memory.
enum OpenAPIRoute {
  private static let pattern = "/openapi.json"
  private static let methods: [HTTPMethod] = [.get, .head]

  /// - Parameter rules: All other rows of the table.
  static func route(rules: [RouteRule], version: String) -> Route {
    let own = RouteRule(pattern: pattern, methods: methods, access: .open)
    let description = Description(OpenAPIDocument(rules: rules + [own], version: version))
    return Route(pattern, methods, .open) { _ in description.answer }
  }

  private final class Description: Sendable {
    private let document: OpenAPIDocument
    private let made = Mutex<HTTPResponse?>(nil)

    init(_ document: OpenAPIDocument) {
      self.document = document
    }

    var answer: HTTPResponse {
      made.withLock { made in
        let answer = made ?? .answer(document.value.json)
        made = answer
        return answer
      }
    }
  }
}
