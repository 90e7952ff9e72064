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
  /// libcurl's own words and code, or ours, without secrets; for the log.
  package var cause: String?

  package init(_ kind: Kind, cause: String? = nil) {
    self.kind = kind
    self.cause = cause
  }
}
