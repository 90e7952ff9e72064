/// What an answer depends on in its request.
struct AnswerContext {
  let isHead: Bool
  let isHTTP10: Bool
  var keepsAlive: Bool

  /// Of a request that never reaches the handler: the connection ends.
  static let refused = AnswerContext(isHead: false, isHTTP10: false, keepsAlive: false)
}

/// How an answer's content is delimited, and what that means for the connection (RFC 9112 section 6).
struct AnswerFraming {
  enum Delimiter: Equatable {
    /// The status has no content and no length.
    case none
    case length(Int)
    case chunked, connectionEnd
  }

  let delimiter: Delimiter
  /// Whether content follows the head: not after HEAD, not with a status that has none.
  let hasContent: Bool
  let keepsAlive: Bool
  let isHTTP10: Bool

  init(of response: HTTPResponse, to context: AnswerContext) {
    let delimiter = Self.delimiter(of: response, isHTTP10: context.isHTTP10)
    self.delimiter = delimiter
    hasContent = !context.isHead && delimiter != .none
    keepsAlive =
      context.keepsAlive && !response.closesConnection && (delimiter != .connectionEnd || !hasContent)
    isHTTP10 = context.isHTTP10
  }

  private static func delimiter(of response: HTTPResponse, isHTTP10: Bool) -> Delimiter {
    if response.status.forbidsContent { return .none }
    return switch response.body {
    case .bytes(let bytes): .length(bytes.count)
    case .stream(let length?, _): .length(max(0, length))
    case .stream(nil, _): isHTTP10 ? .connectionEnd : .chunked
    }
  }
}

/// Writes answers as bytes.
enum ResponseEncoder {
  /// The interim answer to `Expect: 100-continue`.
  static let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// Appends status line, fields and the content that is there; a stream's follows by `appendChunk`.
  /// - Parameter date: the whole `Date` line with its line end.
  static func append(
    _ response: HTTPResponse, _ framing: AnswerFraming, date: [UInt8], to out: inout [UInt8]
  ) {
    append("HTTP/1.1 ", to: &out)
    append(String(response.status.code), to: &out)
    out.append(Octet.space)
    append(response.status.reason, to: &out)
    append("\r\n", to: &out)
    var hasDate = false
    for field in response.headers.fields where !isServersOwn(field.name) {
      hasDate = hasDate || Octet.areSame(field.name.utf8, "date".utf8)
      append(field.name, to: &out)
      append(": ", to: &out)
      append(field.value, to: &out)
      append("\r\n", to: &out)
    }
    if !hasDate { out.append(contentsOf: date) }
    append(framing, to: &out)
    append("\r\n", to: &out)
    if framing.hasContent, case .bytes(let bytes) = response.body { out.append(contentsOf: bytes) }
  }

  /// Appends one chunk; an empty one would end the body and is passed over.
  static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    append(String(bytes.count, radix: 16), to: &out)
    append("\r\n", to: &out)
    out.append(contentsOf: bytes)
    append("\r\n", to: &out)
  }

  static func appendLastChunk(to out: inout [UInt8]) { append("0\r\n\r\n", to: &out) }

  private static func append(_ framing: AnswerFraming, to out: inout [UInt8]) {
    switch framing.delimiter {
    case .none, .connectionEnd: break
    case .length(let length):
      append("Content-Length: ", to: &out)
      append(String(length), to: &out)
      append("\r\n", to: &out)
    case .chunked: append("Transfer-Encoding: chunked\r\n", to: &out)
    }
    if !framing.keepsAlive {
      append("Connection: close\r\n", to: &out)
    } else if framing.isHTTP10 {
      append("Connection: keep-alive\r\n", to: &out)
    }
  }

  /// Fields that say where the message ends, or what becomes of the connection. The length first: it tells most
  /// names from these.
  private static func isServersOwn(_ name: String) -> Bool {
    switch name.utf8.count {
    case 14: Octet.areSame(name.utf8, "content-length".utf8)
    case 17: Octet.areSame(name.utf8, "transfer-encoding".utf8)
    case 10: Octet.areSame(name.utf8, "connection".utf8) || Octet.areSame(name.utf8, "keep-alive".utf8)
    default: false
    }
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    out.append(contentsOf: text.utf8)
  }
}

/// The date form of HTTP (IMF-fixdate, RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  /// The text of a time in seconds since 1970-01-01 UTC; years 0 to 9999.
  package static func text(unixSeconds: Int) -> String {
    let day = (unixSeconds >= 0 ? unixSeconds : unixSeconds - 86_399) / 86_400
    let second = unixSeconds - day * 86_400
    let date = civil(day)
    let weekday = weekdays[((day + 4) % 7 + 7) % 7]
    let clock = [second / 3600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(weekday), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) \(clock) GMT"
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Days since 1970 as a date of the proleptic Gregorian calendar, by eras of 400 years that begin in March.
  private static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let days = daysSince1970 + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func padded(_ number: Int, _ length: Int) -> String {
    String(repeating: "0", count: max(0, length - "\(number)".count)) + "\(number)"
  }
}
