package import WebServer

/// A list request's parameters, judged strictly: what Twilio does not document is refused, because it
/// is a fault of the client that asks.
package struct ListQuery: Hashable, Sendable {
  var to: String?
  var from: String?
  var parentCallSID: String?
  var status: String?
  var started = TimeFilter()
  var ended = TimeFilter()
  var pageSize = 50
  var page = 0
  var token: PageToken?
  /// The filters as they came, to be carried on in the page URIs.
  private(set) var filters: [RequestTarget.QueryItem] = []

  /// Reads the decoded items of a query.
  /// - Throws: 400 with 20001 for an unknown, repeated or malformed parameter, 21481 for a bad token.
  package init(_ items: [RequestTarget.QueryItem]) throws(APIProblem) {
    var seen: Set<String> = []
    for item in items {
      guard seen.insert(item.name).inserted else {
        throw .invalid("Parameter '\(item.name)' is given twice")
      }
      guard !item.value.isEmpty else { throw .invalid("Parameter '\(item.name)' is empty") }
      try read(item)
    }
    if page > 0, token == nil {
      throw .invalid("Page \(page) without a PageToken: pages cannot be jumped to, follow next_page_uri")
    }
  }

  private mutating func read(_ item: RequestTarget.QueryItem) throws(APIProblem) {
    switch item.name {
    case "PageSize": pageSize = try number(item, in: 1...1000)
    case "Page": page = try number(item, in: 0...1_000_000)
    case "PageToken":
      guard let token = PageToken(item.value) else { throw .badPageToken }
      self.token = token
    default:
      try readFilter(item)
      filters.append(item)
    }
  }

  private mutating func readFilter(_ item: RequestTarget.QueryItem) throws(APIProblem) {
    switch item.name {
    case "To": to = item.value
    case "From": from = item.value
    case "ParentCallSid":
      guard CallDocument.isCallSID(item.value) else {
        throw .invalid("Invalid ParentCallSid '\(item.value)'")
      }
      parentCallSID = item.value
    case "Status":
      guard Self.statuses.contains(item.value) else { throw .invalid("Invalid Status '\(item.value)'") }
      status = item.value
    case "StartTime": started.onDay = try moment(item).startOfDay
    case "StartTime>": started.from = try moment(item)
    case "StartTime<": started.before = try moment(item)
    case "EndTime": ended.onDay = try moment(item).startOfDay
    case "EndTime>": ended.from = try moment(item)
    case "EndTime<": ended.before = try moment(item)
    default: throw .invalid("Unknown parameter '\(item.name)' (names are case-sensitive)")
    }
  }

  private static let statuses: Set<String> = [
    "queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled",
  ]

  private func moment(_ item: RequestTarget.QueryItem) throws(APIProblem) -> Moment {
    guard let moment = Moment(filterText: item.value) else {
      throw .invalid("Invalid date '\(item.value)' in parameter '\(item.name)'")
    }
    return moment
  }

  private func number(
    _ item: RequestTarget.QueryItem, in range: ClosedRange<Int>
  ) throws(APIProblem) -> Int {
    guard item.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(item.value),
      range.contains(number)
    else {
      throw .invalid("\(item.name) must be \(range.lowerBound) to \(range.upperBound), not '\(item.value)'")
    }
    return number
  }
}

extension ListQuery {
  /// Whether a call passes all filters.
  func matches(_ facts: FilteredFacts, precision: DatePrecision) -> Bool {
    if let to, facts.to != to { return false }
    if let from, facts.from != from { return false }
    if let parentCallSID, facts.parentCallSID != parentCallSID { return false }
    if let status, facts.status != status { return false }
    return started.truncated(to: precision).matches(facts.started)
      && ended.truncated(to: precision).matches(facts.ended)
  }
}
