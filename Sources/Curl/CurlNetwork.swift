/// How requests over `https://` leave this machine, and whose certificates they believe. What goes over `http://`
/// goes to this machine itself, and past every proxy.
package struct CurlNetwork: Hashable, Sendable {
  /// `[scheme://][user:password@]host[:port]` of a proxy that leads TLS through (CONNECT): it sees the host that is
  /// asked and nothing more. Nil for none.
  package var proxy: String?
  /// Hosts that are asked past the proxy, with commas between, as `NO_PROXY` has them.
  package var direct: String
  /// A PEM file of the authorities whose certificates are believed; nil for those this machine trusts.
  package var authorities: String?

  package init(proxy: String? = nil, direct: String = "", authorities: String? = nil) {
    self.proxy = proxy
    self.direct = direct
    self.authorities = authorities
  }

  /// The proxy by which such a URL is asked for; nil for none.
  func proxy(for url: String) -> String? { url.prefix(8).lowercased() == "https://" ? proxy : nil }

  /// Host and port of the proxy, without the user.
  package var proxyPlace: String? { proxy.map { String(Self.split($0).place) } }

  /// What a proxy asks for before it lets anybody through; nil without one.
  package var proxyPassword: String? {
    guard let user = proxy.flatMap({ Self.split($0).user }), let colon = user.firstIndex(of: ":") else {
      return nil
    }
    return String(user[user.index(after: colon)...])
  }

  private static func split(_ proxy: String) -> (user: Substring?, place: Substring) {
    let address = proxy.firstRange(of: "://").map { proxy[$0.upperBound...] } ?? proxy[...]
    let authority = address.prefix { $0 != "/" }
    guard let at = authority.lastIndex(of: "@") else { return (nil, authority) }
    return (authority[..<at], authority[authority.index(after: at)...])
  }
}

extension CurlNetwork: CustomStringConvertible, CustomReflectable {
  /// Without the user of the proxy.
  package var description: String { "CurlNetwork(\(proxyPlace ?? "direct"))" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}
