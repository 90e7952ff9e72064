import CallDomain
import WebServer

/// The query parameters of a route that knows them by name: unknown and repeated ones are
/// refused, so that a mistyped `dryRun` or `since` does not start more than was meant.
struct QueryParameters: Sendable {
  private let values: [String: String]

  /// Throws `badParameter`.
  init(_ items: [RequestTarget.QueryItem], allowed: [String]) throws(RunFailure) {
    var values: [String: String] = [:]
    for item in items {
      guard allowed.contains(item.name) else { throw .unknownParameter(allowed: allowed) }
      guard values.updateValue(item.value, forKey: item.name) == nil else {
        throw .repeatedParameter(item.name)
      }
    }
    self.values = values
  }

  /// A date or an ISO 8601 time; UTC unless it has an offset.
  func timestamp(_ name: String) throws(RunFailure) -> Timestamp? {
    guard let text = values[name] else { return nil }
    // An offset's plus sign that was not percent-encoded arrives as a space.
    let plus = text.replacing(" ", with: "+")
    guard let timestamp = Timestamp(iso8601: text) ?? Timestamp(iso8601: plus) else { throw .badTime(name) }
    return timestamp
  }

  /// `true` or `false`; false when absent.
  func flag(_ name: String) throws(RunFailure) -> Bool {
    switch values[name] {
    case nil, "false": return false
    case "true": return true
    default: throw .badFlag(name)
    }
  }

  /// A whole number within `range`.
  func number(_ name: String, in range: ClosedRange<Int64>) throws(RunFailure) -> Int64? {
    guard let text = values[name] else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text),
      range.contains(number)
    else { throw .badNumber(name, range) }
    return number
  }

  /// One of the kinds of run.
  func kind(_ name: String) throws(RunFailure) -> RunKind? {
    guard let text = values[name] else { return nil }
    guard let kind = RunKind(rawValue: text) else {
      throw .badWord(name, allowed: RunKind.allCases.map(\.rawValue))
    }
    return kind
  }
}

extension RunListQuery {
  /// How many runs a page holds when nothing else is asked for.
  private static let defaultLimit = 50
  /// The most runs that a page may hold.
  private static let largestLimit: Int64 = 500

  /// Reads `limit`, `before` and `kind`. Throws `badParameter`.
  init(query items: [RequestTarget.QueryItem]) throws(RunFailure) {
    let parameters = try QueryParameters(items, allowed: ["limit", "before", "kind"])
    let limit = try parameters.number("limit", in: 1...Self.largestLimit)
    let before = try parameters.number("before", in: 1...Int64.max)
    self.init(
      limit: limit.map { Int($0) } ?? Self.defaultLimit, before: before.map { RunID($0) },
      kind: try parameters.kind("kind"))
  }
}

extension RunOrder {
  /// The order that a request for `kind` gives by its query. Throws `badParameter`.
  init(_ kind: RunKind, query items: [RequestTarget.QueryItem]) throws(RunFailure) {
    switch kind {
    case .hourly:
      // Schedulers add parameters of their own; an hourly run has none, so none can be mistyped.
      self = .hourly
    case .historical:
      let parameters = try QueryParameters(items, allowed: ["since", "until"])
      let since = try parameters.timestamp("since")
      let until = try parameters.timestamp("until")
      if let since, let until, since >= until { throw .sinceNotBeforeUntil }
      self = .historical(since: since, until: until, restart: false)
    case .reattribute:
      let parameters = try QueryParameters(items, allowed: ["since", "dryRun"])
      self = .reattribute(since: try parameters.timestamp("since"), dryRun: try parameters.flag("dryRun"))
    }
  }
}
