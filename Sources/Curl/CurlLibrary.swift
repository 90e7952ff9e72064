import CCurl

/// libcurl as a whole.
enum CurlLibrary {
  /// Sets libcurl up, once in the life of the process; later calls only look at the outcome.
  /// https://curl.se/libcurl/c/curl_global_init.html
  static func start() throws(CurlError) {
    guard isSetUp else { throw CurlError(.other, cause: "curl_global_init failed") }
  }

  // A static constant is worked out once, whoever asks first and from whichever thread.
  private static let isSetUp = ccurl_global_init() == CURLE_OK
}
