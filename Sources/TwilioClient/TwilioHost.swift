import CallDomain

/// Which host answers for the account (Twilio.md, "Regions"): host, credentials and data belong together.
package struct TwilioHost: Hashable, Sendable {
  let origin: HTTPOrigin

  /// `https://api.twilio.com`, region US1.
  package static let `default` = TwilioHost(
    origin: HTTPOrigin(scheme: .https, host: "api.twilio.com", port: 443))

  private init(origin: HTTPOrigin) {
    self.origin = origin
  }

  /// A base URL, or a region with its edge, or none of them for the default. Empty texts count
  /// as absent. A slash at the end of the base URL is tolerated.
  ///
  /// - Throws: every fault at once.
  package init(
    baseURL: String? = nil, region: String? = nil, edge: String? = nil
  ) throws(TwilioConfigurationFaults) {
    let baseURL = Self.present(baseURL)
    let region = Self.present(region)
    let edge = Self.present(edge)
    var faults = Self.faults(ofRegion: region, edge: edge)
    if baseURL != nil, region != nil || edge != nil { faults.append(.baseURLWithRegion) }
    if let baseURL, let fault = Self.fault(ofBaseURL: baseURL) { faults.append(fault) }
    guard faults.isEmpty else { throw TwilioConfigurationFaults(all: faults) }
    if let baseURL, let origin = try? HTTPOrigin.parse(baseURL).origin {
      self.init(origin: origin)
    } else if let region, let edge {
      self.init(origin: HTTPOrigin(scheme: .https, host: "api.\(edge).\(region).twilio.com", port: 443))
    } else {
      self = .default
    }
  }

  /// Scheme, host and port as a URL, without a slash at the end.
  package var url: String { origin.url }

  private static func present(_ text: String?) -> String? {
    text?.isEmpty == true ? nil : text
  }

  private static func faults(ofRegion region: String?, edge: String?) -> [TwilioConfigurationFault] {
    var faults: [TwilioConfigurationFault] = []
    if region != nil, edge == nil { faults.append(.regionWithoutEdge) }
    if region == nil, edge != nil { faults.append(.edgeWithoutRegion) }
    if let region, !isLabel(region, hyphens: false) { faults.append(.malformedRegion) }
    if let edge, !isLabel(edge, hyphens: true) { faults.append(.malformedEdge) }
    return faults
  }

  private static func isLabel(_ text: String, hyphens: Bool) -> Bool {
    let letters = "abcdefghijklmnopqrstuvwxyz0123456789" + (hyphens ? "-" : "")
    return text.utf8.count <= 63 && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { letters.utf8.contains($0) }
  }

  private static func fault(ofBaseURL url: String) -> TwilioConfigurationFault? {
    do {
      let (origin, rest) = try HTTPOrigin.parse(url)
      guard rest.isEmpty || rest == "/" else { return .baseURLWithPath }
      return origin.scheme == .http && !origin.isLoopback ? .plainHTTPBeyondLoopback : nil
    } catch {
      return error == .credentials ? .baseURLWithCredentials : .malformedBaseURL
    }
  }
}

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

/// The paths below one account that this client asks, and the only ones its credentials go to.
struct AccountPaths: Hashable, Sendable {
  let origin: HTTPOrigin
  let accountSID: String

  private var account: String { "/2010-04-01/Accounts/\(accountSID)" }

  func list(_ request: CallListRequest) -> String {
    "\(account)/Calls.json?\(request.parameters)"
  }

  func call(_ sid: CallSID) -> String {
    "\(account)/Calls/\(sid.text).json"
  }

  /// The path and query of a next page as Twilio gave it, root-relative or absolute.
  ///
  /// - Returns: nil when it leads to another origin or anywhere but to this account's list of
  ///   calls; it is then not to be asked.
  func page(at uri: String) -> String? {
    // A fragment is never sent; the rest of what is refused here, clients read differently.
    guard uri.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !uri.contains("#"), !uri.contains("\\")
    else { return nil }
    let target = uri.hasPrefix("/") ? Substring(uri) : sameOriginTarget(of: uri)
    guard let target, isList(target.prefix { $0 != "?" }) else { return nil }
    return String(target)
  }

  /// Whether a next page that is not to be asked is one of another account.
  func isOfOtherAccount(_ uri: String) -> Bool {
    let parts = uri.split(separator: "/")
    guard let position = parts.firstIndex(of: "Accounts"), position + 1 < parts.endIndex else { return false }
    return parts[position + 1].lowercased() != accountSID.lowercased()
  }

  private func sameOriginTarget(of url: String) -> Substring? {
    guard let (origin, rest) = try? HTTPOrigin.parse(url), origin == self.origin else { return nil }
    return rest
  }

  // Hexadecimal digits mean the same in either case.
  private func isList(_ path: Substring) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count == 5 && parts[0].isEmpty && parts[1] == "2010-04-01" && parts[2] == "Accounts"
      && parts[3].lowercased() == accountSID.lowercased() && parts[4] == "Calls.json"
  }
}
