import CallDomain
import WebServer

extension RunListQuery {
  /// How many runs a page holds when nothing else is asked for.
  static let defaultLimit = 50
  /// The most runs that a page may hold.
  static let largestLimit = 500

  /// Reads `limit`, `before` and `kind`. Throws `badParameter`.
  init(query items: [RequestTarget.QueryItem]) throws(RunFailure) {
    let parameters = try Parameters(items, allowed: ["limit", "before", "kind"])
    let limit = try parameters.number("limit", in: 1...Int64(Self.largestLimit))
    let before = try parameters.number("before", in: 1...Int64.max)
    self.init(
      limit: limit.map { Int($0) } ?? Self.defaultLimit, before: before.map { RunID($0) },
      kind: try parameters.kind("kind"))
  }
}
