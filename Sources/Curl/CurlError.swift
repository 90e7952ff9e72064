import CCurl

/// Why a request brought no complete answer. Never holds the URL, the user name, the password
/// or anything of the bodies.
package struct CurlError: Error, Hashable, Sendable {
  /// What went wrong, as far as it matters for what to do next.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case couldNotResolve
    case couldNotConnect
    /// The proxy is not there, or does not lead through to the host.
    case proxy
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

extension CurlError.Kind {
  /// The kind of a libcurl result other than `CURLE_OK`.
  /// https://curl.se/libcurl/c/libcurl-errors.html
  init(_ code: CURLcode) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: self = .couldNotResolve
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy
    case CURLE_COULDNT_CONNECT: self = .couldNotConnect
    case CURLE_SSL_CONNECT_ERROR: self = .tls
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_INVALIDCERTSTATUS:
      self = .untrustedCertificate
    case CURLE_OPERATION_TIMEDOUT: self = .timeout
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: self = .connectionLost
    // The scheme is checked beforehand, so an unsupported protocol is what libcurl makes of an
    // answer that does not begin like HTTP/1.
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_UNSUPPORTED_PROTOCOL:
      self = .badAnswer
    case CURLE_FILESIZE_EXCEEDED: self = .tooLarge
    case CURLE_ABORTED_BY_CALLBACK: self = .cancelled
    case CURLE_URL_MALFORMAT: self = .badURL
    default: self = .other
    }
  }
}

extension CurlError {
  /// The failure of a libcurl call.
  ///
  /// - Parameter words: What libcurl says about this one; empty where it says nothing.
  init(_ code: CURLcode, _ words: String = "") {
    let words = words.isEmpty ? unsafe String(cString: curl_easy_strerror(code)) : words
    self.init(Kind(code), cause: "\(words) (libcurl \(code.rawValue))")
  }

  /// The same error as the proxy's, where it is: libcurl has no code of its own for one that cannot be connected to
  /// or refuses to lead through, but says so.
  ///
  /// - Parameter place: The proxy's host and port.
  func blaming(_ place: String?) -> CurlError {
    guard let host = place?.split(separator: ":").first, let cause else { return self }
    let isProxys =
      kind == .couldNotConnect && cause.contains(host)
      || kind == .connectionLost && cause.contains("CONNECT")
    return isProxys ? CurlError(.proxy, cause: cause) : self
  }

  /// The same error without its cause, should one of `secrets` stand in it.
  func hiding(_ secrets: [String?]) -> CurlError {
    guard let cause else { return self }
    let shows = secrets.contains { secret in
      guard let secret, !secret.isEmpty else { return false }
      return cause.contains(secret)
    }
    return shows ? CurlError(kind) : self
  }
}
