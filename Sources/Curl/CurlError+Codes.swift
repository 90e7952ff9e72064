import CCurl

extension CurlError.Kind {
  /// The kind of a libcurl result other than `CURLE_OK`.
  /// https://curl.se/libcurl/c/libcurl-errors.html
  init(_ code: CURLcode) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: self = .couldNotResolve
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
