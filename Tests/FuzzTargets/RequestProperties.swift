import WebServer

/// The request parser: what comes out depends on the bytes alone, not on how they were split, and a
/// request that was understood is understood in the same way when it is written down plainly.
enum RequestProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let whole = outcome(of: [input[...]])
    try hold(outcome(of: input.indices.map { input[$0...$0] }) == whole, "byte by byte it is something else")
    var pieces = Pieces(of: input)
    for _ in 0..<3 {
      let cut = pieces.next()
      try hold(outcome(of: cut) == whole, "in pieces of \(cut.map(\.count)) bytes it is something else")
    }
    for (index, action) in whole.actions.enumerated() {
      switch action {
      case .request(let parsed): try judge(parsed)
      case .refuse: try hold(index == whole.actions.count - 1, "something follows a refusal")
      case .needsBytes, .sendContinue: break
      }
    }
  }

  /// Everything that the parser said, and where it stood at the end.
  private struct Outcome: Equatable {
    var actions: [ParserAction] = []
    var phase = RequestParser.Phase.betweenRequests
  }

  // Small, so that inputs reach them.
  private static let limits = HTTPLimits(requestLine: 200, headerSection: 600, headerFields: 12, body: 500)

  private static func outcome(of parts: [ArraySlice<UInt8>], limits: HTTPLimits = limits) -> Outcome {
    var parser = RequestParser(limits: limits)
    var outcome = Outcome()
    for part in parts {
      parser.feed(part)
      while case let action = parser.next(), action != .needsBytes { outcome.actions.append(action) }
    }
    outcome.phase = parser.phase
    return outcome
  }

  private static func judge(_ parsed: ParsedRequest) throws(BrokenProperty) {
    let request = parsed.request
    try hold(request.body.count <= limits.body, "a body of \(request.body.count) bytes")
    var fields = 0
    for field in request.headers {
      fields += 1
      let breaks = field.value.utf8.contains { $0 == 13 || $0 == 10 || $0 == 0 }
      try hold(!breaks && !field.name.isEmpty, "the field \(field) could split a message")
    }
    try hold(fields <= limits.headerFields, "\(fields) fields")
    try judge(request.target)
    let again = outcome(of: [plainly(parsed)[...]], limits: HTTPLimits(headerSection: 1 << 20))
    guard again.actions.count == 1, case .request(let copy)? = again.actions.first else {
      throw BrokenProperty(description: "written down plainly it becomes \(again.actions)")
    }
    try hold(
      copy.request.method == request.method && copy.request.target == request.target
        && copy.request.body == request.body && copy.isHTTP10 == parsed.isHTTP10
        && copy.keepsAlive == parsed.keepsAlive && others(copy.request) == others(request),
      "written down plainly it becomes \(copy)")
  }

  private static func judge(_ target: RequestTarget) throws(BrokenProperty) {
    let segments = target.path.split(separator: "/", omittingEmptySubsequences: false)
    try hold(
      target.path.utf8.allSatisfy { $0 >= 32 && $0 != 127 && $0 != UInt8(ascii: "\\") }
        && !segments.contains(".") && !segments.contains("..") && target.path.utf8.count <= 200,
      "the path \(target.path.debugDescription)")
    guard target.rawPath != "*" else { return }
    try hold(
      RequestTarget(target.rawPath + (target.rawQuery.map { "?\($0)" } ?? "")) == target,
      "the target \(target) is another one when it is read again")
  }

  private static func plainly(_ parsed: ParsedRequest) -> [UInt8] {
    let request = parsed.request
    let query = request.target.rawQuery.map { "?\($0)" } ?? ""
    let version = parsed.isHTTP10 ? "1.0" : "1.1"
    var head = "\(request.method.text) \(request.target.rawPath)\(query) HTTP/\(version)\r\n"
    for field in others(request) { head += field + "\r\n" }
    return Array((head + "Content-Length: \(request.body.count)\r\n\r\n").utf8) + request.body
  }

  /// The fields that do not frame the message.
  private static func others(_ request: HTTPRequest) -> [String] {
    let framing = ["content-length", "transfer-encoding", "expect"]
    return request.headers.filter { !framing.contains($0.name.lowercased()) }
      .map { "\($0.name): \($0.value)" }
  }
}
