/// What goes out: one HTTP request and the limits it runs under.
package struct CurlRequest: Sendable {
  /// The request methods this service needs.
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
  }

  package var method: Method
  /// `https://host[:port]/path?query` in printable ASCII, sent as it is. No user name and no
  /// password in it: they would end up in messages.
  package var url: String
  package var headers: [CurlHeader]
  /// For Basic authentication (RFC 7617), kept apart from the password because a joined string
  /// is cut at its first colon.
  package var user: String?
  package var password: String?
  /// Sent with POST only.
  package var body: [UInt8]
  package var timeouts: CurlTimeouts
  /// The most bytes of the answer's body that are taken in, counted after decompression.
  package var sizeCap: Int
  /// Whether `http://` is allowed. Only for a host that the caller knows to be this machine:
  /// credentials would be readable on the way.
  package var allowsPlainHTTP: Bool

  package init(
    method: Method = .get, url: String, headers: [CurlHeader] = [], user: String? = nil,
    password: String? = nil, body: [UInt8] = [], timeouts: CurlTimeouts = CurlTimeouts(),
    sizeCap: Int = 32 << 20, allowsPlainHTTP: Bool = false
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.user = user
    self.password = password
    self.body = body
    self.timeouts = timeouts
    self.sizeCap = sizeCap
    self.allowsPlainHTTP = allowsPlainHTTP
  }
}

extension CurlRequest: CustomStringConvertible, CustomReflectable {
  /// The method alone: everything else may hold a secret.
  package var description: String { "CurlRequest(\(method.rawValue))" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}

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

/// How long each part of a request may take.
package struct CurlTimeouts: Hashable, Sendable {
  /// From the look-up of the name to the end of the TLS handshake; at least a millisecond.
  package var connect: Duration
  /// The whole request, from taking up the handle to the last byte; at least a millisecond.
  package var total: Duration
  /// How long the transfer may stay under 10 bytes a second, waiting for the answer included;
  /// counted in whole seconds, at least one.
  package var stall: Duration

  package init(
    connect: Duration = .seconds(10), total: Duration = .seconds(60), stall: Duration = .seconds(30)
  ) {
    self.connect = connect
    self.total = total
    self.stall = stall
  }
}

extension Duration {
  /// For options where libcurl reads 0 as "no limit": at least 1, at most a day.
  var curlMilliseconds: Int {
    let seconds = min(max(components.seconds, 0), 86_400)
    return max(1, Int(seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
  }

  /// Whole seconds, rounded up; at least 1, at most a day.
  var curlSeconds: Int {
    max(1, (curlMilliseconds + 999) / 1000)
  }
}
