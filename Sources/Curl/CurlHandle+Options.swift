import CCurl

// One setter per option, named for what it does; nothing above this file sees an option's name.
extension CurlHandle {
  /// https://curl.se/libcurl/c/CURLOPT_URL.html
  func setURL(_ url: String) throws(CurlError) { try set(CURLOPT_URL, url) }

  /// Sends the path as it is, dots included.
  /// https://curl.se/libcurl/c/CURLOPT_PATH_AS_IS.html
  func keepPathAsItIs() throws(CurlError) { try set(CURLOPT_PATH_AS_IS, 1) }

  /// https://curl.se/libcurl/c/CURLOPT_PROTOCOLS_STR.html
  func allowProtocols(plainHTTP: Bool) throws(CurlError) {
    try set(CURLOPT_PROTOCOLS_STR, plainHTTP ? "http,https" : "https")
  }

  /// A redirect is an answer like any other: credentials go nowhere else.
  /// https://curl.se/libcurl/c/CURLOPT_FOLLOWLOCATION.html
  func followNoRedirects() throws(CurlError) { try set(CURLOPT_FOLLOWLOCATION, 0) }

  /// Ignores `http_proxy` and its kind, which libcurl would obey: a proxy would read what goes
  /// over plain HTTP. https://curl.se/libcurl/c/CURLOPT_PROXY.html
  func useNoProxy() throws(CurlError) { try set(CURLOPT_PROXY, "") }

  /// Signals belong to the process, not to a name look-up on one of its threads.
  /// https://curl.se/libcurl/c/CURLOPT_NOSIGNAL.html
  func useNoSignals() throws(CurlError) { try set(CURLOPT_NOSIGNAL, 1) }

  /// https://curl.se/libcurl/c/CURLOPT_HTTP_VERSION.html
  func useHTTP1() throws(CurlError) { try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1)) }

  /// https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYPEER.html and
  /// https://curl.se/libcurl/c/CURLOPT_SSL_VERIFYHOST.html (2 is "the name must match").
  func verifyPeerAndHost() throws(CurlError) {
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
  }

  /// A PEM file instead of this machine's authorities. https://curl.se/libcurl/c/CURLOPT_CAINFO.html
  func believe(_ authorities: String) throws(CurlError) { try set(CURLOPT_CAINFO, authorities) }

  /// https://curl.se/libcurl/c/CURLOPT_SSLVERSION.html
  func requireTLS12() throws(CurlError) { try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)) }

  /// https://curl.se/libcurl/c/CURLOPT_USERNAME.html
  func setUser(_ user: String) throws(CurlError) { try set(CURLOPT_USERNAME, user) }

  /// https://curl.se/libcurl/c/CURLOPT_PASSWORD.html
  func setPassword(_ password: String) throws(CurlError) { try set(CURLOPT_PASSWORD, password) }

  /// Offers every compression this libcurl can undo.
  /// https://curl.se/libcurl/c/CURLOPT_ACCEPT_ENCODING.html
  func acceptAnyCompression() throws(CurlError) { try set(CURLOPT_ACCEPT_ENCODING, "") }

  /// Milliseconds, at least 1. https://curl.se/libcurl/c/CURLOPT_CONNECTTIMEOUT_MS.html
  func setConnectDeadline(_ milliseconds: Int) throws(CurlError) {
    try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
  }

  /// Milliseconds, at least 1. https://curl.se/libcurl/c/CURLOPT_TIMEOUT_MS.html
  func setTotalDeadline(_ milliseconds: Int) throws(CurlError) {
    try set(CURLOPT_TIMEOUT_MS, milliseconds)
  }

  /// Gives up after so many seconds under 10 bytes a second.
  /// https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_LIMIT.html and
  /// https://curl.se/libcurl/c/CURLOPT_LOW_SPEED_TIME.html
  func abortStall(after seconds: Int) throws(CurlError) {
    try set(CURLOPT_LOW_SPEED_LIMIT, 10)
    try set(CURLOPT_LOW_SPEED_TIME, seconds)
  }

  /// Refuses an announced length above the cap at once; what is not announced, the transfer
  /// counts. https://curl.se/libcurl/c/CURLOPT_MAXFILESIZE_LARGE.html
  func setSizeCap(_ bytes: Int) throws(CurlError) {
    try set(CURLOPT_MAXFILESIZE_LARGE, large: Int64(max(1, bytes)))
  }

  /// https://curl.se/libcurl/c/CURLOPT_POST.html,
  /// https://curl.se/libcurl/c/CURLOPT_POSTFIELDSIZE_LARGE.html (before the copy) and
  /// https://curl.se/libcurl/c/CURLOPT_COPYPOSTFIELDS.html
  func post(_ body: [UInt8]) throws(CurlError) {
    try set(CURLOPT_POST, 1)
    try set(CURLOPT_POSTFIELDSIZE_LARGE, large: Int64(body.count))
    if body.isEmpty {
      try set(CURLOPT_COPYPOSTFIELDS, "")
    } else {
      try set(CURLOPT_COPYPOSTFIELDS, copying: body)
    }
  }
}
