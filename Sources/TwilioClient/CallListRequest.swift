package import CallDomain

/// The first request of a list of calls, in the form that goes over the wire (Twilio.md, "Filters by time"): the
/// comparison is part of the parameter's name.
package struct CallListRequest: Hashable, Sendable {
  var query: CallQuery
  var pageSize: Int

  package init(_ query: CallQuery, pageSize: Int = CallQuery.largestPage) {
    self.query = query
    self.pageSize = min(max(pageSize, 1), CallQuery.largestPage)
  }

  /// What follows the `?`.
  package var parameters: String {
    var parameters: [String] = []
    if let bound = query.startedFrom { parameters.append("StartTime%3E=" + Self.down(bound)) }
    if let bound = query.startedBefore { parameters.append("StartTime%3C=" + Self.up(bound)) }
    if let bound = query.endedFrom { parameters.append("EndTime%3E=" + Self.down(bound)) }
    if let bound = query.endedBefore { parameters.append("EndTime%3C=" + Self.up(bound)) }
    parameters.append("PageSize=\(pageSize)")
    return parameters.joined(separator: "&")
  }

  private static func down(_ bound: Timestamp) -> String {
    value(bound.iso8601Seconds)
  }

  private static func up(_ bound: Timestamp) -> String {
    value(Timestamp(milliseconds: bound.milliseconds + 999).iso8601Seconds)
  }

  // Only plain dates are promised (Twilio.md, "Filters by time"), and a plain date means its first moment; so
  // midnight is sent in the promised form.
  private static func value(_ seconds: String) -> String {
    guard !seconds.hasSuffix("T00:00:00Z") else { return String(seconds.prefix(10)) }
    return seconds.split(separator: ":").joined(separator: "%3A")
  }
}
