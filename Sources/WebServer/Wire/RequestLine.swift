/// `GET /path HTTP/1.1` (RFC 9112 section 3), read strictly: single spaces, nothing before or after.
struct RequestLine: Sendable {
  let method: HTTPMethod
  let target: RequestTarget
  let isHTTP10: Bool
  /// Host and port of an absolute-form target, in lower case.
  let authority: [UInt8]?

  /// No method in use is longer; longer ones are answered 501 (RFC 9112 section 3).
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
    // An origin server offers no tunnels, whatever the target.
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
    let scheme = ["http://".utf8, "https://".utf8].first { Octet.areSame(bytes.prefix($0.count), $0) }
    guard let rest = scheme.map({ bytes.dropFirst($0.count) }) else { throw .invalidTarget }
    let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
    let authority = rest[..<end]
    guard HostField.isValid(authority) else { throw .invalidTarget }
    var path = Array(rest[end...])
    if path.first != UInt8(ascii: "/") { path.insert(UInt8(ascii: "/"), at: 0) }
    guard let target = RequestTarget(originForm: path[...]) else { throw .invalidTarget }
    return (target, authority.map(Octet.lowercase))
  }
}

/// The value of `Host`: a name, an IPv4 address or an IPv6 address in brackets, and an optional port.
enum HostField {
  /// Stricter than RFC 3986 section 3.2.2: no empty host, no user, and of a name's characters only those
  /// that names really have.
  static func isValid(_ value: ArraySlice<UInt8>) -> Bool {
    if value.first == UInt8(ascii: "[") {
      guard let end = value.firstIndex(of: UInt8(ascii: "]")) else { return false }
      return isIPv6(value[(value.startIndex + 1)..<end]) && isPort(value[(end + 1)...])
    }
    let colon = value.firstIndex(of: UInt8(ascii: ":")) ?? value.endIndex
    let name = value[..<colon]
    return !name.isEmpty && name.allSatisfy(isNameCharacter) && isPort(value[colon...])
  }

  private static func isNameCharacter(_ byte: UInt8) -> Bool {
    Octet.isLetter(byte) || Octet.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "~")
  }

  private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    let colons = bytes.count { $0 == UInt8(ascii: ":") }
    return (2...7).contains(colons) && bytes.count <= 45
      && bytes.allSatisfy {
        Octet.hexadecimal($0) != nil || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
      }
  }

  /// Nothing, or a colon and up to five digits: 0 to 65535, empty allowed by the grammar.
  private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let colon = bytes.first else { return true }
    let digits = bytes.dropFirst()
    return colon == UInt8(ascii: ":") && digits.count <= 5 && digits.allSatisfy(Octet.isDigit)
      && digits.reduce(0) { $0 * 10 + Int($1 &- 48) } <= 65_535
  }
}
