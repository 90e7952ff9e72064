/// A request with what its framing says about the connection.
package struct ParsedRequest: Hashable, Sendable {
  package let request: HTTPRequest
  /// Whether the client wants to go on with this connection (RFC 9112 section 9.3).
  package let keepsAlive: Bool
  /// Whether the client speaks HTTP/1.0 and so knows no chunked coding.
  package let isHTTP10: Bool
}

/// What the parser asks of the connection.
package enum ParserAction: Hashable, Sendable {
  /// Nothing more can be said until further bytes have come.
  case needsBytes
  /// The head is acceptable and the client waits for `100 Continue` before it sends the content.
  case sendContinue
  case request(ParsedRequest)
  /// The rest of the connection's bytes has no meaning any more: answer and close.
  case refuse(HTTPParseError)
}

/// Turns a connection's bytes into requests (RFC 9112). The outcome depends on the bytes alone, not on how they
/// were split.
///
/// It works line by line: a line is checked when its end is there, or when it is too long to be allowed.
package struct RequestParser: Sendable {
  /// What the bytes read so far belong to, for the connection's deadlines.
  package enum Phase: Hashable, Sendable {
    case betweenRequests, head, body, refused
  }

  private enum Stage {
    case requestLine
    case fields
    case content(remaining: Int)
    case chunkSize
    case chunkData(remaining: Int)
    case chunkEnd
    case trailers
    case refused
  }

  private let limits: HTTPLimits
  private let remoteAddress: String?
  private var input = LineBuffer()
  private var stage = Stage.requestLine
  private var skippedEmptyLine = false
  private var head = RequestHead()
  private var body: [UInt8] = []
  private var extensionBytes = 0
  private var isAnnounced = false
  private var trailers = FieldSection()

  package init(limits: HTTPLimits = HTTPLimits(), remoteAddress: String? = nil) {
    self.limits = limits
    self.remoteAddress = remoteAddress
  }

  /// Takes bytes as they came, for `next()`.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    if case .refused = stage { return }
    input.append(bytes)
  }

  /// The next action; call it until it says `needsBytes`. After `refuse` it says nothing else.
  package mutating func next() -> ParserAction {
    do {
      while true {
        if let action = try step() { return action }
      }
    } catch {
      stop()
      return .refuse(error)
    }
  }

  /// Drops what was fed and is not used yet, and takes nothing more: what still comes has no meaning.
  package mutating func stop() {
    stage = .refused
    input.removeAll()
    body = []
  }

  package var phase: Phase {
    switch stage {
    case .requestLine: input.isEmpty && !skippedEmptyLine ? .betweenRequests : .head
    case .fields: .head
    case .refused: .refused
    default: .body
    }
  }

  /// The request whose head has been read and whose content has not yet: once, right after `next()` asked for
  /// the first bytes of the content or for `100 Continue`.
  package mutating func announced() -> ParsedRequest? {
    guard isAnnounced else { return nil }
    isAnnounced = false
    return parsed(body: [])
  }

  /// One step; nil means that another can follow at once.
  private mutating func step() throws(HTTPParseError) -> ParserAction? {
    switch stage {
    case .requestLine: try readRequestLine()
    case .fields: try readField()
    case .content(let remaining): readContent(remaining)
    case .chunkSize: try readChunkSize()
    case .chunkData(let remaining): readChunkData(remaining)
    case .chunkEnd: try readChunkEnd()
    case .trailers: try readTrailer()
    case .refused: .needsBytes
    }
  }

  // MARK: Head

  private mutating func readRequestLine() throws(HTTPParseError) -> ParserAction? {
    let line = try input.line(upTo: limits.requestLine, else: .requestLineTooLong)
    guard let line else { return .needsBytes }
    // RFC 9112 section 2.2: one empty line before a request is passed over.
    if line.isEmpty && !skippedEmptyLine {
      skippedEmptyLine = true
      return nil
    }
    skippedEmptyLine = false
    head = RequestHead()
    head.line = try RequestLine(input.bytes[line])
    stage = .fields
    return nil
  }

  private mutating func readField() throws(HTTPParseError) -> ParserAction? {
    guard let line = try fieldLine(of: head.section) else { return .needsBytes }
    guard line.isEmpty else {
      try head.add(FieldLine(input.bytes[line]), limits: limits)
      return nil
    }
    let framing = try head.framing(limits: limits)
    body = []
    switch framing {
    case .length(0): return finish()
    case .length(let length): stage = .content(remaining: length)
    case .chunked:
      extensionBytes = 0
      trailers = FieldSection()
      stage = .chunkSize
    }
    isAnnounced = true
    return head.expectsContinue ? .sendContinue : nil
  }

  private mutating func fieldLine(of section: FieldSection) throws(HTTPParseError) -> Range<Int>? {
    try input.line(upTo: max(0, limits.headerSection - section.bytes), else: .headerSectionTooLarge)
  }

  private mutating func finish() -> ParserAction {
    stage = .requestLine
    isAnnounced = false
    let parsed = parsed(body: body)
    body = []
    head = RequestHead()
    return .request(parsed)
  }

  private func parsed(body: [UInt8]) -> ParsedRequest {
    ParsedRequest(
      request: head.request(body: body, remoteAddress: remoteAddress), keepsAlive: head.keepsAlive,
      isHTTP10: head.isHTTP10)
  }

  // MARK: Content

  private mutating func readContent(_ remaining: Int) -> ParserAction? {
    let left = remaining - input.move(upTo: remaining, to: &body)
    guard left == 0 else {
      stage = .content(remaining: left)
      return .needsBytes
    }
    return finish()
  }

  private mutating func readChunkSize() throws(HTTPParseError) -> ParserAction? {
    let line = try input.line(upTo: ChunkSize.longestLine, else: .invalidChunkSize)
    guard let line else { return .needsBytes }
    let chunk = try ChunkSize(input.bytes[line])
    extensionBytes += chunk.extensionBytes
    guard extensionBytes <= ChunkSize.extensionBytesOfARequest else { throw .invalidChunkExtension }
    guard chunk.size <= limits.body - body.count else { throw .bodyTooLarge }
    stage = chunk.size == 0 ? .trailers : .chunkData(remaining: chunk.size)
    return nil
  }

  private mutating func readChunkData(_ remaining: Int) -> ParserAction? {
    let left = remaining - input.move(upTo: remaining, to: &body)
    stage = left == 0 ? .chunkEnd : .chunkData(remaining: left)
    return left == 0 ? nil : .needsBytes
  }

  private mutating func readChunkEnd() throws(HTTPParseError) -> ParserAction? {
    guard let ended = input.takeLineEnd() else { return .needsBytes }
    guard ended else { throw .invalidChunkEnd }
    stage = .chunkSize
    return nil
  }

  /// Trailers are checked like fields and dropped: no handler may take one for a header.
  private mutating func readTrailer() throws(HTTPParseError) -> ParserAction? {
    guard let line = try fieldLine(of: trailers) else { return .needsBytes }
    if line.isEmpty { return finish() }
    let field = try FieldLine(input.bytes[line])
    guard !field.decidesFraming else { throw .forbiddenTrailer }
    try trailers.count(field, limits: limits)
    return nil
  }
}
