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
  /// A PEM file of the authorities whose certificates are believed; nil for those this machine trusts.
  package var authorities: String?

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
