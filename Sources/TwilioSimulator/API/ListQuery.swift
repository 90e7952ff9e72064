import CallDomain
import WebServer

/// A list request's parameters, judged strictly: what Twilio does not document is refused, because it
/// is a fault of the client that asks.
struct ListQuery: Sendable {
  private(set) var started = TimeFilter()
  private(set) var ended = TimeFilter()
  /// The other filters.
  private(set) var conditions: [@Sendable (FilteredFacts) -> Bool] = []
  private(set) var pageSize = 50
  private(set) var page = 0
  private(set) var token: PageToken?
  /// All filters as they came, to be carried on in the page URIs.
  private(set) var filters: [RequestTarget.QueryItem] = []

  /// Reads the decoded items of a query.
  /// - Throws: 400 with 20001 for an unknown, repeated or malformed parameter, 21481 for a bad token.
  init(_ items: [RequestTarget.QueryItem]) throws(APIProblem) {
    var seen: Set<String> = []
    for item in items {
      guard seen.insert(item.name).inserted else { throw .invalid("Parameter '\(item.name)' is given twice") }
      guard !item.value.isEmpty else { throw .invalid("Parameter '\(item.name)' is empty") }
      switch item.name {
      case "PageSize": pageSize = try Self.number(item, in: 1...1000)
      case "Page": page = try Self.number(item, in: 0...1_000_000)
      case "PageToken":
        token = PageToken(item.value)
        guard token != nil else { throw .badPageToken }
      default:
        try readFilter(item)
        filters.append(item)
      }
    }
    if page > 0, token == nil {
      throw .invalid("Page \(page) without a PageToken: pages cannot be jumped to, follow next_page_uri")
    }
  }

  private mutating func readFilter(_ item: RequestTarget.QueryItem) throws(APIProblem) {
    let value = item.value
    switch item.name {
    case "To": conditions.append { $0.to == value }
    case "From": conditions.append { $0.from == value }
    case "ParentCallSid":
      guard CallSID(value) != nil else { throw .invalid("Invalid ParentCallSid '\(value)'") }
      conditions.append { $0.parentCallSID == value }
    case "Status":
      guard Self.statuses.contains(value) else { throw .invalid("Invalid Status '\(value)'") }
      conditions.append { $0.status == value }
    case "StartTime": started.onDay = try Self.moment(item).startOfDay
    case "StartTime>": started.from = try Self.moment(item)
    case "StartTime<": started.before = try Self.moment(item)
    case "EndTime": ended.onDay = try Self.moment(item).startOfDay
    case "EndTime>": ended.from = try Self.moment(item)
    case "EndTime<": ended.before = try Self.moment(item)
    default: throw .invalid("Unknown parameter '\(item.name)' (names are case-sensitive)")
    }
  }

  private static let statuses = [
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled",
  ]

  private static func moment(_ item: RequestTarget.QueryItem) throws(APIProblem) -> Timestamp {
    if let moment = Timestamp(filterText: item.value) { return moment }
    throw .invalid("Invalid date '\(item.value)' in parameter '\(item.name)'")
  }

  private static func number(
    _ item: RequestTarget.QueryItem, in range: ClosedRange<Int>
  ) throws(APIProblem) -> Int {
    let isPlain = item.value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    if isPlain, let number = Int(item.value), range.contains(number) { return number }
    throw .invalid("\(item.name) must be \(range.lowerBound) to \(range.upperBound), not '\(item.value)'")
  }
}

/// Where a page begins: `PA` and the SID of the last call of the page before it, or `PB` and that of the first
/// call of the page after it.
struct PageToken: Sendable {
  let text: String

  /// Nil for what is no token; whether its call exists shows later.
  init?(_ text: String) {
    guard ["PA", "PB"].contains(text.prefix(2)), CallSID(String(text.dropFirst(2))) != nil else { return nil }
    self.text = text
  }

  var sid: String { String(text.dropFirst(2)) }
  var leadsBack: Bool { text.hasPrefix("PB") }
}

/// How precisely the list honours a filter's time: sub-day precision works in practice and is not
/// promised, so a client must cope with both.
package enum DatePrecision: String, Sendable, Codable {
  /// Timestamps count to the millisecond.
  case exact
  /// Every bound is cut down to 00:00 UTC of its day first.
  case day
}

/// The filters on one of a call's two times.
struct TimeFilter: Equatable, Sendable {
  /// `StartTime>`: at or after.
  var from: Timestamp?
  /// `StartTime<`: before.
  var before: Timestamp?
  /// `StartTime`: on this UTC day.
  var onDay: Timestamp?

  /// The moments that pass; nil where every call does, also one that has no such time.
  func moments(_ precision: DatePrecision) -> Range<Timestamp>? {
    guard self != TimeFilter() else { return nil }
    let (from, before) = precision == .exact ? (from, before) : (from?.startOfDay, before?.startOfDay)
    let start = max(from ?? .distantPast, onDay ?? .distantPast)
    let end = min(before ?? .distantFuture, onDay?.startOfNextDay ?? .distantFuture)
    return start..<max(start, end)
  }
}
