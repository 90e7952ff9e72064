/// What a request's head has said so far, and whether it makes sense as a whole.
struct RequestHead: Sendable {
  enum Framing: Equatable {
    case length(Int)
    case chunked
  }

  var line: RequestLine?
  private(set) var section = FieldSection()
  private(set) var expectsContinue = false
  private var headers = HTTPHeaders()
  private var host: [UInt8]?
  private var contentLength: Int?
  private var isChunked = false
  private var wantsClose = false
  private var wantsKeepAlive = false

  var isHTTP10: Bool { line?.isHTTP10 ?? false }

  /// HTTP/1.1 goes on unless told otherwise, HTTP/1.0 the other way round (RFC 9112 section 9.3).
  var keepsAlive: Bool { !wantsClose && (!isHTTP10 || wantsKeepAlive) }

  mutating func add(_ field: FieldLine, limits: HTTPLimits) throws(HTTPParseError) {
    try section.count(field, limits: limits)
    switch field.known {
    case .host: try takeHost(field)
    case .contentLength: try takeContentLength(field)
    case .transferEncoding: try takeTransferEncoding(field)
    case .connection: takeConnection(field)
    case .expect: try takeExpectation(field)
    case nil: break
    }
    headers.addChecked(
      String(decoding: field.name, as: UTF8.self), String(decoding: field.value, as: UTF8.self))
  }

  /// Checks the head as a whole and says how the content is framed.
  func framing(limits: HTTPLimits) throws(HTTPParseError) -> Framing {
    if host == nil, !isHTTP10 { throw .missingHost }
    if let authority = line?.authority, let host, host != authority { throw .hostDisagrees }
    if isChunked {
      guard contentLength == nil else { throw .lengthWithTransferEncoding }
      return .chunked
    }
    guard contentLength ?? 0 <= limits.body else { throw .bodyTooLarge }
    return .length(contentLength ?? 0)
  }

  func request(body: [UInt8], remoteAddress: String?) -> HTTPRequest {
    HTTPRequest(
      method: line?.method ?? .get, target: line?.target ?? .asterisk, headers: headers, body: body,
      remoteAddress: remoteAddress)
  }

  private mutating func takeHost(_ field: FieldLine) throws(HTTPParseError) {
    guard host == nil else { throw .repeatedHost }
    guard HostField.isValid(field.value) else { throw .invalidHost }
    host = field.value.map(Octet.lowercase)
  }

  /// One field, digits only. Lists and repeats are refused even where all their members agree, which
  /// RFC 9112 section 6.3 leaves to the recipient.
  private mutating func takeContentLength(_ field: FieldLine) throws(HTTPParseError) {
    guard contentLength == nil else { throw .repeatedContentLength }
    guard (1...18).contains(field.value.count), field.value.allSatisfy(Octet.isDigit) else {
      throw .invalidContentLength
    }
    contentLength = field.value.reduce(0) { $0 * 10 + Int($1 &- 48) }
  }

  /// Exactly `chunked`, once. Another coding before it is one we do not know (501, RFC 9112 section 6.1);
  /// a request whose last coding is another has no length that could be known (400, section 6.3).
  private mutating func takeTransferEncoding(_ field: FieldLine) throws(HTTPParseError) {
    guard !isHTTP10 else { throw .transferEncodingInHTTP10 }
    guard !isChunked else { throw .invalidTransferEncoding }
    isChunked = field.valueIs("chunked")
    if isChunked { return }
    var before = field.members
    guard let last = before.popLast(), Octet.areSame(last, "chunked".utf8),
      before.allSatisfy({ coding in
        !coding.isEmpty && coding.allSatisfy(Octet.isTokenCharacter) && !Octet.areSame(coding, "chunked".utf8)
      })
    else { throw .invalidTransferEncoding }
    throw .unsupportedTransferCoding
  }

  private mutating func takeConnection(_ field: FieldLine) {
    for option in field.members {
      if Octet.areSame(option, "close".utf8) { wantsClose = true }
      if Octet.areSame(option, "keep-alive".utf8) { wantsKeepAlive = true }
    }
  }

  /// One expectation, once. HTTP/1.0 clients have none (RFC 9110 section 10.1.1).
  private mutating func takeExpectation(_ field: FieldLine) throws(HTTPParseError) {
    guard !isHTTP10 else { return }
    guard !expectsContinue, field.valueIs("100-continue") else { throw .unsupportedExpectation }
    expectsContinue = true
  }
}

/// How much of the limits a section of fields has used.
struct FieldSection: Sendable {
  private(set) var bytes = 0
  private var fields = 0

  mutating func count(_ field: FieldLine, limits: HTTPLimits) throws(HTTPParseError) {
    fields += 1
    bytes += field.lineBytes
    guard bytes <= limits.headerSection else { throw .headerSectionTooLarge }
    guard fields <= limits.headerFields else { throw .tooManyFields }
  }
}
