/// One way in which an answer can go wrong.
package enum Fault: Hashable, Sendable {
  /// 429 with code 20429, with a `Retry-After` of so many seconds or without one.
  case tooManyRequests(retryAfterSeconds: Int?)
  /// 401 with code 20003.
  case unauthorized
  /// 500 with code 20500.
  case serverError
  /// 503 with code 20503.
  case unavailable
  /// A page of HTML, as a content delivery network answers, with this status.
  case html(status: Int)
  /// No content, with this status.
  case emptyBody(status: Int)
  /// Half of the right answer with the length of that half.
  case malformedJSON
  /// Half of the right answer with the length of the whole, then the connection closes.
  case truncatedJSON
  /// The right answer declared as `text/html`.
  case wrongContentType
  /// No answer until the simulator stops.
  case stall
  /// Half of the right answer, then nothing until the simulator stops.
  case stallInBody
  /// The connection is reset without an answer.
  case reset
  /// A redirect with this status (301, 302, …) to another host.
  case redirect(status: Int, host: String)
  /// The right answer, but `next_page_uri` is absolute and names another host.
  case foreignNextPage(host: String)
  /// The right answer behind so many bytes of blanks.
  case hugeBody(bytes: Int)
  /// The right answer, eight bytes at a time with a pause of so many milliseconds.
  case slowBytes(milliseconds: Int)
  /// So many milliseconds before the answer.
  case latency(milliseconds: Int)
  /// A `Date` header so many seconds off.
  case skewedDate(seconds: Int64)
  /// A `Date` header without a date: the nearest thing to none that the server can send.
  case missingDate
  /// The right answer to a question whose times are cut to their UTC days.
  case wholeDays
}
