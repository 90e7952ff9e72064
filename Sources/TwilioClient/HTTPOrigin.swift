/// Scheme, host and port: what two URLs must have in common for credentials to go to both
/// (RFC 6454, section 4).
struct HTTPOrigin: Hashable, Sendable {
  enum Scheme: String, Sendable {
    case http
    case https

    var defaultPort: Int { self == .https ? 443 : 80 }
  }

  enum Fault: Error, Hashable {
    case malformed
    case credentials
  }

  let scheme: Scheme
  /// In lower case, without the brackets of an IPv6 address.
  let host: String
  let port: Int

  /// Reads the origin of an absolute URL.
  ///
  /// - Returns: the origin, and the rest of the URL from its path on, as it is.
  static func parse(_ url: String) throws(Fault) -> (origin: HTTPOrigin, rest: Substring) {
    guard let separator = url.firstRange(of: "://"),
      let scheme = Scheme(rawValue: url[..<separator.lowerBound].lowercased())
    else { throw .malformed }
    let afterScheme = url[separator.upperBound...]
    let end = afterScheme.firstIndex { "/?#\\".contains($0) } ?? afterScheme.endIndex
    let authority = afterScheme[..<end]
    guard !authority.contains("@") else { throw .credentials }
    let (host, port) = try hostAndPort(authority)
    return (
      HTTPOrigin(scheme: scheme, host: host, port: port ?? scheme.defaultPort), afterScheme[end...]
    )
  }

  private static func hostAndPort(_ authority: Substring) throws(Fault) -> (host: String, port: Int?) {
    if authority.first == "[" {
      guard let close = authority.firstIndex(of: "]") else { throw .malformed }
      let host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
      guard host.contains(":"), host.utf8.allSatisfy({ "0123456789abcdef:.".utf8.contains($0) })
      else { throw .malformed }
      return (host, try port(authority[authority.index(after: close)...]))
    }
    let end = authority.firstIndex(of: ":") ?? authority.endIndex
    let host = authority[..<end].lowercased()
    guard isName(host) else { throw .malformed }
    return (host, try port(authority[end...]))
  }

  private static func isName(_ host: String) -> Bool {
    !host.isEmpty && host.utf8.count <= 253
      && host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
        !label.isEmpty && label.utf8.count <= 63 && label.first != "-" && label.last != "-"
          && label.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_".utf8.contains($0) }
      }
  }

  private static func port(_ text: Substring) throws(Fault) -> Int? {
    guard let colon = text.first else { return nil }
    let digits = text.dropFirst()
    guard colon == ":", (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let port = Int(digits), (1...65_535).contains(port)
    else { throw .malformed }
    return port
  }

  /// The URL without a path; the port stands there unless it is the scheme's own.
  var url: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(scheme.rawValue)://\(name)" + (port == scheme.defaultPort ? "" : ":\(port)")
  }

  /// Whether the host is this machine by its name alone: `localhost`, 127.0.0.0/8 in four
  /// decimal numbers, or `::1`.
  var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127"
      && numbers.allSatisfy { number in
        (1...3).contains(number.utf8.count) && UInt8(number) != nil
          && (number.utf8.count == 1 || number.first != "0")
      }
  }
}
