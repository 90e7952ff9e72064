/// `GET /path HTTP/1.1` (RFC 9112 section 3), judged strictly: single spaces, nothing before or after.
struct RequestLine: Sendable {
  let method: HTTPMethod
  let target: RequestTarget
  let isHTTP10: Bool
  /// Host and port of an absolute-form target, in lower case.
  let authority: [UInt8]?

  /// Methods longer than this are none that anybody implements (RFC 9112 section 3).
  private static let longestMethod = 32

  init(_ line: ArraySlice<UInt8>) throws(HTTPParseError) {
    guard line.allSatisfy({ $0 >= 32 && $0 < 127 }) else {
      throw line.contains(Octet.carriageReturn) ? .bareLineBreak : .malformedRequestLine
    }
    guard let first = line.firstIndex(of: Octet.space), let last = line.lastIndex(of: Octet.space),
      first > line.startIndex, last > first + 1,
      !line[(first + 1)..<last].contains(Octet.space),
      line[..<first].allSatisfy(Octet.isTokenCharacter)
    else { throw .malformedRequestLine }
    isHTTP10 = try Self.isHTTP10(line[(last + 1)...])
    guard first - line.startIndex <= Self.longestMethod else { throw .unsupportedMethod }
    method = HTTPMethod(String(decoding: line[..<first], as: UTF8.self))
    (target, authority) = try Self.target(line[(first + 1)..<last], of: method)
  }

  /// A minor version above 1 is answered as 1.1 (RFC 9110 section 2.5).
  private static func isHTTP10(_ version: ArraySlice<UInt8>) throws(HTTPParseError) -> Bool {
    let digits = version.suffix(3)
    guard version.count == 8, version.starts(with: "HTTP/".utf8),
      let major = digits.first, let minor = digits.last, Octet.isDigit(major), Octet.isDigit(minor),
      digits[digits.startIndex + 1] == UInt8(ascii: ".")
    else { throw .malformedRequestLine }
    guard major == UInt8(ascii: "1") else { throw .unsupportedVersion }
    return minor == UInt8(ascii: "0")
  }

  private static func target(
    _ bytes: ArraySlice<UInt8>, of method: HTTPMethod
  ) throws(HTTPParseError) -> (RequestTarget, authority: [UInt8]?) {
    // A tunnel is nothing that an origin server offers, whatever target it names.
    guard method != .connect else { throw .unsupportedMethod }
    if bytes.elementsEqual("*".utf8) {
      guard method == .options else { throw .invalidTarget }
      return (.asterisk, nil)
    }
    if bytes.first == UInt8(ascii: "/") {
      guard let target = RequestTarget(originForm: bytes) else { throw .invalidTarget }
      return (target, nil)
    }
    return try absolute(bytes)
  }

  /// `http://host:port/path` (RFC 9112 section 3.2.2).
  private static func absolute(
    _ bytes: ArraySlice<UInt8>
  ) throws(HTTPParseError) -> (RequestTarget, authority: [UInt8]?) {
    guard let rest = withoutScheme(bytes) else { throw .invalidTarget }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let authority = rest[..<end]
    guard HostField.isValid(authority) else { throw .invalidTarget }
    var path = Array(rest[end...])
    if path.first != UInt8(ascii: "/") { path.insert(UInt8(ascii: "/"), at: 0) }
    guard let target = RequestTarget(originForm: path[...]) else { throw .invalidTarget }
    return (target, authority.map(Octet.lowercase))
  }

  private static func withoutScheme(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    for scheme in ["http://", "https://"] {
      let length = scheme.utf8.count
      if bytes.prefix(length).map(Octet.lowercase).elementsEqual(scheme.utf8) {
        return bytes.dropFirst(length)
      }
    }
    return nil
  }
}
