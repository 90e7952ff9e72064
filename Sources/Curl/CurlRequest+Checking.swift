extension CurlRequest {
  /// Refuses what libcurl would read in a way of its own: another scheme, credentials in the
  /// URL, a line end that begins another header field.
  ///
  /// - Throws: `badURL` or `badRequest`.
  func check() throws(CurlError) {
    guard hasSoundURL else { throw CurlError(.badURL, cause: "the URL is not one that may be asked") }
    for header in headers {
      guard Self.isToken(header.name), header.value.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x09 }) else {
        throw CurlError(.badRequest, cause: "a header field holds a character that may not stand there")
      }
    }
    // RFC 7617, section 2: a colon ends the user name.
    guard user?.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ":") }) != true,
      password?.utf8.contains(where: { $0 < 0x20 }) != true
    else {
      throw CurlError(.badRequest, cause: "the user name or the password holds a forbidden character")
    }
  }

  /// What follows host and port in the URL; it may hold a secret.
  var pathAndQuery: String {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    return parts.count == 4 ? String(parts[3]) : ""
  }

  private var hasSoundURL: Bool {
    let bytes = Array(url.utf8)
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) })
    else { return false }
    let delimiters: [UInt8] = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
    let authority = bytes.dropFirst(scheme.utf8.count).prefix { !delimiters.contains($0) }
    return !authority.isEmpty && !authority.contains(UInt8(ascii: "@"))
  }

  private var schemes: [String] {
    allowsPlainHTTP ? ["https://", "http://"] : ["https://"]
  }

  // RFC 9110, section 5.6.2.
  private static func isToken(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
