/// Why a request brought no complete answer. Never holds the URL, the user name, the password
/// or anything of the bodies.
package struct CurlError: Error, Hashable, Sendable {
  /// What went wrong, as far as it matters for what to do next.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case couldNotResolve
    case couldNotConnect
    /// The TLS handshake broke off.
    case tls
    /// The server's certificate is not from an authority this machine trusts, not for this
    /// host, or not valid now.
    case untrustedCertificate
    /// A deadline ran out or the transfer stalled.
    case timeout
    /// The connection was closed or reset before the answer was complete.
    case connectionLost
    /// The answer is not HTTP, or its encoding is broken.
    case badAnswer
    /// The answer is longer than the request's cap.
    case tooLarge
    /// The task that sent the request was cancelled.
    case cancelled
    /// Not a URL this client sends requests to.
    case badURL
    /// A header field, the user name or the password cannot be sent.
    case badRequest
    /// Out of memory, or a libcurl that lacks a feature.
    case other
  }

  package var kind: Kind
  /// libcurl's own words, without secrets; nil when they would add nothing.
  package var detail: String?

  package init(_ kind: Kind, detail: String? = nil) {
    self.kind = kind
    self.detail = detail
  }
}

extension CurlError: CustomStringConvertible {
  /// A sentence that says what failed and what to do.
  package var description: String {
    guard let detail, !detail.isEmpty else { return sentence }
    return "\(sentence) (\(detail))"
  }

  private var sentence: String {
    switch kind {
    case .couldNotResolve: "The host name could not be resolved; check the name and the DNS."
    case .couldNotConnect: "No connection to the host could be made; check address, port and firewall."
    case .tls: "The TLS handshake failed; check that the port speaks TLS 1.2 or later."
    case .untrustedCertificate:
      "The server's certificate is not trusted; check the host name, the clock and the CA certificates."
    case .timeout: "The answer did not come in time; try again."
    case .connectionLost: "The connection was lost before the answer was complete; try again."
    case .badAnswer: "The answer is not well-formed HTTP; check what listens at the address."
    case .tooLarge: "The answer is larger than allowed; ask for less at a time."
    case .cancelled: "The request was cancelled."
    case .badURL: "The URL is not one that may be asked; use https:// and no user name in it."
    case .badRequest: "The request cannot be sent as it is; correct it."
    case .other: "The request failed inside libcurl; check its installation."
    }
  }
}
