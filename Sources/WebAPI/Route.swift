package import WebServer

/// One row of the table: a path, what may be done with it, and who answers.
struct Route: Sendable {
  /// A path whose segments are literal or a name in braces (see `Router`).
  let pattern: String
  let methods: [HTTPMethod]
  let access: RouteAccess
  let answer: @Sendable (RouteRequest) async -> HTTPResponse

  init(
    _ pattern: String, _ methods: [HTTPMethod], _ access: RouteAccess,
    answer: @escaping @Sendable (RouteRequest) async -> HTTPResponse
  ) {
    self.pattern = pattern
    self.methods = methods
    self.access = access
    self.answer = answer
  }
}

/// A row of the table without its action.
package struct RouteRule: Hashable, Sendable {
  /// The path, with names in braces for what varies.
  package let pattern: String
  /// What may be done with it.
  package let methods: [HTTPMethod]
  /// Who may use it.
  package let access: RouteAccess
}

/// A request that has passed 404, 401 and 405.
struct RouteRequest: Sendable {
  let http: HTTPRequest
  /// The values of the names in the route's pattern.
  let parameters: [String: String]
  /// What ties its events together.
  let requestID: String
}
