/// Writes answers as bytes.
enum ResponseEncoder {
  /// The interim answer to `Expect: 100-continue`.
  static let interim = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

  /// Appends status line and fields.
  /// - Parameter date: the whole `Date` line with its line end.
  static func appendHead(
    of response: HTTPResponse, framing: AnswerFraming, isHTTP10: Bool, date: [UInt8],
    to out: inout [UInt8]
  ) {
    append("HTTP/1.1 ", to: &out)
    appendDecimal(response.status.code, to: &out)
    out.append(Octet.space)
    append(response.status.reason, to: &out)
    append("\r\n", to: &out)
    var hasDate = false
    for field in response.headers.fields where !isServersOwn(field.name) {
      hasDate = hasDate || HTTPHeaders.same(field.name, "Date")
      append(field.name, to: &out)
      append(": ", to: &out)
      append(field.value, to: &out)
      append("\r\n", to: &out)
    }
    if !hasDate { out.append(contentsOf: date) }
    appendFraming(framing, isHTTP10: isHTTP10, to: &out)
    append("\r\n", to: &out)
  }

  /// Appends one chunk; an empty one would end the body and is passed over.
  static func appendChunk(_ bytes: [UInt8], to out: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    append(String(bytes.count, radix: 16), to: &out)
    append("\r\n", to: &out)
    out.append(contentsOf: bytes)
    append("\r\n", to: &out)
  }

  /// Appends the last chunk.
  static func appendLastChunk(to out: inout [UInt8]) {
    append("0\r\n\r\n", to: &out)
  }

  private static func appendFraming(_ framing: AnswerFraming, isHTTP10: Bool, to out: inout [UInt8]) {
    switch framing.delimiter {
    case .none, .connectionEnd: break
    case .length(let length):
      append("Content-Length: ", to: &out)
      appendDecimal(length, to: &out)
      append("\r\n", to: &out)
    case .chunked: append("Transfer-Encoding: chunked\r\n", to: &out)
    }
    if !framing.keepsAlive {
      append("Connection: close\r\n", to: &out)
    } else if isHTTP10 {
      append("Connection: keep-alive\r\n", to: &out)
    }
  }

  /// Fields that say where the message ends, or what becomes of the connection.
  private static func isServersOwn(_ name: String) -> Bool {
    switch name.utf8.count {
    case 14: HTTPHeaders.same(name, "Content-Length")
    case 17: HTTPHeaders.same(name, "Transfer-Encoding")
    case 10: HTTPHeaders.same(name, "Connection") || HTTPHeaders.same(name, "Keep-Alive")
    default: false
    }
  }

  private static func append(_ text: String, to out: inout [UInt8]) {
    out.append(contentsOf: text.utf8)
  }

  private static func appendDecimal(_ number: Int, to out: inout [UInt8]) {
    append(String(number), to: &out)
  }
}
