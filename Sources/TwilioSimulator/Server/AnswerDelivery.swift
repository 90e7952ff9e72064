import WebServer

/// Turns an answer and its faults into what the server sends.
struct AnswerDelivery: Sendable {
  let gate: Gate
  /// What the simulator's clock shows.
  let now: Moment
  /// `RQ` and 32 hexadecimal digits.
  let requestID: String
  let inFlight: Int

  func response(_ faulted: FaultedAnswer) async -> HTTPResponse {
    switch faulted.manner {
    case .reset: return .abort
    case .stall:
      await gate.wait()
      return .abort
    default:
      return HTTPResponse(
        status: HTTPStatus(code: faulted.answer.status, reason: Self.reason(faulted.answer.status)),
        headers: headers(faulted), body: body(faulted))
    }
  }

  private func headers(_ faulted: FaultedAnswer) -> HTTPHeaders {
    var headers = HTTPHeaders([
      ("Date", date(faulted.date)), ("Content-Type", faulted.answer.contentType),
      ("Twilio-Concurrent-Requests", "\(inFlight)"), ("Twilio-Request-Id", requestID),
      ("Twilio-Request-Duration", "0.012"), ("X-Home-Region", "us1"),
      ("X-API-Domain", "api.twilio.com"), ("X-Powered-By", "AT-5000"), ("X-Shenanigans", "none"),
      ("Strict-Transport-Security", "max-age=31536000"), ("Access-Control-Allow-Origin", "*"),
      ("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS"),
    ])
    for (name, value) in faulted.answer.extraHeaders { headers.add(name, value) }
    return headers
  }

  private func date(_ date: FaultedAnswer.DateHeader) -> String {
    guard case .skewed(let seconds) = date else { return "" }
    return now.adding(seconds: seconds).httpDate
  }

  private func body(_ faulted: FaultedAnswer) -> HTTPBody {
    let bytes = faulted.answer.body
    switch faulted.manner {
    case .whole, .stall, .reset: return .bytes(bytes)
    case .cut(let sent):
      return .stream(length: bytes.count) { try await $0.write(Array(bytes.prefix(sent))) }
    case .stalledInBody:
      return .stream(length: bytes.count) { [gate] writer in
        try await writer.write(Array(bytes.prefix(bytes.count / 2)))
        await gate.wait()
      }
    case .padded(let blanks): return padded(bytes, by: blanks)
    case .slow(let pause): return slow(bytes, pause: pause)
    }
  }

  private func padded(_ bytes: [UInt8], by blanks: Int) -> HTTPBody {
    .stream(length: blanks + bytes.count) { writer in
      let chunk = [UInt8](repeating: 0x20, count: 65_536)
      for start in stride(from: 0, to: blanks, by: chunk.count) {
        try await writer.write(Array(chunk.prefix(blanks - start)))
      }
      try await writer.write(bytes)
    }
  }

  private func slow(_ bytes: [UInt8], pause: Int) -> HTTPBody {
    .stream(length: bytes.count) { writer in
      for start in stride(from: 0, to: bytes.count, by: 8) {
        try await writer.write(Array(bytes[start..<min(start + 8, bytes.count)]))
        try await Task.sleep(for: .milliseconds(pause))
      }
    }
  }

  private static func reason(_ status: Int) -> String {
    let known = [
      200: "OK", 301: "Moved Permanently", 302: "Found", 400: "Bad Request", 401: "Unauthorized",
      403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 429: "Too Many Requests",
      500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
      504: "Gateway Timeout",
    ]
    return known[status] ?? "Status"
  }
}
