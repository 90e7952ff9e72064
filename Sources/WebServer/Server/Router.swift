/// Which handler answers which path and method.
///
/// A pattern is a path whose segments are literal or a name in braces: `/api/sync-runs/{id}`. A pattern
/// without names wins over one with them, else the first registered. A trailing slash makes another path.
package struct Router<Handler: Sendable>: Sendable {
  /// What a path and method lead to; three cases, so that a caller can check 404 before 401 before 405.
  package enum Match: Sendable {
    /// No pattern has this path: 404.
    case notFound
    /// The path is known, the method is not: 405 with `Allow`; `HEAD` is listed where it was registered.
    case methodNotAllowed(pattern: String, allow: [HTTPMethod])
    /// The handler with the values of the names in the pattern.
    case found(Handler, pattern: String, parameters: [String: String])
  }

  private struct Route {
    let pattern: String
    let segments: [Substring]
    var handlers: [(method: HTTPMethod, handler: Handler)]
  }

  private var routes: [Route] = []

  package init() {}

  /// Registers a handler for a pattern and methods; each method of a pattern once.
  package mutating func on(_ pattern: String, _ methods: HTTPMethod..., handler: Handler) {
    for method in methods {
      if let index = routes.firstIndex(where: { $0.pattern == pattern }) {
        routes[index].handlers.append((method, handler))
      } else {
        routes.append(
          Route(pattern: pattern, segments: Self.split(pattern), handlers: [(method, handler)]))
      }
    }
  }

  /// Finds what answers `path` (decoded, as in `RequestTarget.path`).
  package func match(path: String, method: HTTPMethod) -> Match {
    guard let (route, parameters) = best(path) else { return .notFound }
    if let found = route.handlers.first(where: { $0.method == method }) {
      return .found(found.handler, pattern: route.pattern, parameters: parameters)
    }
    return .methodNotAllowed(pattern: route.pattern, allow: route.handlers.map(\.method))
  }

  /// The pattern that has this path, whatever the method; nil means 404.
  package func pattern(of path: String) -> String? { best(path)?.0.pattern }

  private func best(_ path: String) -> (Route, [String: String])? {
    let exact = routes.first { $0.pattern == path && !$0.pattern.utf8.contains(UInt8(ascii: "{")) }
    if let exact { return (exact, [:]) }
    let segments = Self.split(path)
    for route in routes {
      if let parameters = Self.parameters(of: route.segments, in: segments) { return (route, parameters) }
    }
    return nil
  }

  /// Byte by byte: a slash under an accent is another character to Swift.
  private static func split(_ path: String) -> [Substring] {
    path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
  }

  private static func parameters(of pattern: [Substring], in path: [Substring]) -> [String: String]? {
    guard pattern.count == path.count else { return nil }
    var parameters: [String: String] = [:]
    for (wanted, given) in zip(pattern, path) {
      if wanted.first == "{", wanted.last == "}" {
        guard !given.isEmpty else { return nil }
        parameters[String(wanted.dropFirst().dropLast())] = String(given)
      } else if wanted != given {
        return nil
      }
    }
    return parameters
  }
}
