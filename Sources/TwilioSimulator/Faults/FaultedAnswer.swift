/// An answer as it will be delivered.
struct FaultedAnswer: Sendable {
  enum Manner: Equatable, Sendable {
    case whole
    /// The first so many bytes, then the connection closes.
    case cut(sent: Int)
    /// Half, then nothing.
    case stalledInBody
    /// After so many blanks.
    case padded(bytes: Int)
    /// In small pieces with pauses.
    case slow(milliseconds: Int)
    case stall
    case reset
  }

  enum DateHeader: Equatable, Sendable {
    case skewed(seconds: Int64)
    case blank
  }

  var answer: APIAnswer
  var manner = Manner.whole
  var date = DateHeader.skewed(seconds: 0)

  init(_ answer: APIAnswer) {
    self.answer = answer
  }
}

extension Fault {
  /// The answer that stands in for the right one, when the request is not even looked at.
  var replacement: FaultedAnswer? {
    switch self {
    case .tooManyRequests(let retryAfter):
      var answer = APIAnswer(.tooManyRequests)
      if let retryAfter { answer.extraHeaders.append(("Retry-After", "\(retryAfter)")) }
      return FaultedAnswer(answer)
    case .unauthorized: return FaultedAnswer(APIAnswer(.unauthenticated))
    case .serverError: return FaultedAnswer(APIAnswer(.internalError))
    case .unavailable: return FaultedAnswer(APIAnswer(.unavailable))
    case .html(let status): return html(status)
    case .emptyBody(let status): return FaultedAnswer(APIAnswer(status: status, body: []))
    case .redirect(let status, let host):
      var answer = APIAnswer(status: status, body: [])
      answer.extraHeaders = [("Location", "https://\(host)/2010-04-01/")]
      return FaultedAnswer(answer)
    case .stall: return delivered(.stall)
    case .reset: return delivered(.reset)
    default: return nil
    }
  }

  /// Changes the right answer, for faults that need it.
  func adorn(_ faulted: inout FaultedAnswer) {
    let body = faulted.answer.body
    switch self {
    case .malformedJSON: faulted.answer.body = Array(body.prefix(body.count / 2))
    case .truncatedJSON: faulted.manner = .cut(sent: body.count / 2)
    case .wrongContentType: faulted.answer.contentType = "text/html; charset=utf-8"
    case .stallInBody: faulted.manner = .stalledInBody
    case .foreignNextPage(let host): faulted.answer.body = Self.body(body, withNextPageOn: host)
    case .hugeBody(let bytes): faulted.manner = .padded(bytes: bytes)
    case .slowBytes(let pause): faulted.manner = .slow(milliseconds: pause)
    case .skewedDate(let seconds): faulted.date = .skewed(seconds: seconds)
    case .missingDate: faulted.date = .blank
    default: break
    }
  }

  /// Milliseconds before the answer.
  var delayMilliseconds: Int {
    guard case .latency(let milliseconds) = self else { return 0 }
    return milliseconds
  }

  private func html(_ status: Int) -> FaultedAnswer {
    let page =
      "<!DOCTYPE html><html><head><title>ERROR</title></head><body>The request could not be satisfied.</body></html>"
    var answer = APIAnswer(status: status, body: Array(page.utf8))
    answer.contentType = "text/html"
    return FaultedAnswer(answer)
  }

  private func delivered(_ manner: FaultedAnswer.Manner) -> FaultedAnswer {
    var faulted = FaultedAnswer(APIAnswer(status: 0, body: []))
    faulted.manner = manner
    return faulted
  }

  /// The envelope comes first in a page, so only its beginning is searched.
  private static func body(_ body: [UInt8], withNextPageOn host: String) -> [UInt8] {
    let head = String(decoding: body.prefix(4096), as: UTF8.self)
    let key = "\"next_page_uri\":"
    guard let start = head.firstRange(of: key)?.upperBound,
      let end = head[start...].firstIndex(of: ",")
    else { return body }
    let value = head[start..<end]
    let path = value == "null" ? "/2010-04-01/Accounts/Calls.json" : value.dropFirst().dropLast()
    let skipped = head[..<end].utf8.count
    return Array("\(head[..<start])\"https://\(host)\(path)\"".utf8) + body.dropFirst(skipped)
  }
}
