import CCurl

/// Owner of one easy handle and, with it, of the connections it keeps open.
///
/// Not copyable, and one thread at a time: whoever holds it confines it to a queue.
@safe
struct CurlHandle: ~Copyable {
  private let easy: UnsafeMutableRawPointer
  private let message: UnsafeMutablePointer<CChar>

  // https://curl.se/libcurl/c/curl_easy_init.html
  init() throws(CurlError) {
    try CurlLibrary.start()
    guard let easy = unsafe curl_easy_init() else { throw CurlError(.other, cause: "curl_easy_init failed") }
    unsafe self.easy = easy
    unsafe message = .allocate(capacity: Int(CURL_ERROR_SIZE))
  }

  // https://curl.se/libcurl/c/curl_easy_cleanup.html; the message buffer must outlive the handle.
  deinit {
    unsafe curl_easy_cleanup(easy)
    unsafe message.deallocate()
  }

  /// Forgets every option, credentials included; open connections and TLS sessions stay.
  /// https://curl.se/libcurl/c/curl_easy_reset.html
  func reset() {
    unsafe curl_easy_reset(easy)
  }

  /// Runs the request that the options describe and blocks until its answer is complete. The
  /// options are forgotten afterwards.
  ///
  /// - Returns: the HTTP status.
  func perform(
    sending headers: borrowing CurlHeaderList, into transfer: CurlTransfer
  ) throws(CurlError) -> Int {
    defer { reset() }
    unsafe message.pointee = 0
    // https://curl.se/libcurl/c/CURLOPT_ERRORBUFFER.html
    try check(unsafe ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, message))
    // https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html
    try check(unsafe ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, headers.first))
    try report(to: transfer)
    // https://curl.se/libcurl/c/curl_easy_perform.html
    let code = withExtendedLifetime(transfer) { unsafe curl_easy_perform(easy) }
    guard code == CURLE_OK else { throw failure(code, of: transfer) }
    // https://curl.se/libcurl/c/CURLINFO_RESPONSE_CODE.html
    var status = 0
    try check(unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status))
    return status
  }

  private func failure(_ code: CURLcode, of transfer: CurlTransfer) -> CurlError {
    if transfer.isTooLarge { return CurlError(.tooLarge, cause: "more than the request's cap came") }
    return CurlError(code, unsafe String(cString: message).filter { $0 == " " || !$0.isWhitespace })
  }

  // The transfer outlives the handle's use of it: `perform` holds on to it and forgets the
  // pointers before it returns.
  private func report(to transfer: CurlTransfer) throws(CurlError) {
    let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
    // https://curl.se/libcurl/c/CURLOPT_WRITEFUNCTION.html
    try check(unsafe ccurl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, CurlTransfer.bodyCallback))
    try check(unsafe ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context))
    // https://curl.se/libcurl/c/CURLOPT_HEADERFUNCTION.html
    try check(unsafe ccurl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, CurlTransfer.headerCallback))
    try check(unsafe ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context))
    // https://curl.se/libcurl/c/CURLOPT_XFERINFOFUNCTION.html, called at least once a second
    try check(unsafe ccurl_set_progress_callback(easy, CurlTransfer.progressCallback))
    try check(unsafe ccurl_set_pointer(easy, CURLOPT_XFERINFODATA, context))
    try set(CURLOPT_NOPROGRESS, 0)
  }

  func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
    try check(unsafe ccurl_set_long(easy, option, value))
  }

  func set(_ option: CURLoption, large value: Int64) throws(CurlError) {
    try check(unsafe ccurl_set_large(easy, option, curl_off_t(value)))
  }

  func set(_ option: CURLoption, _ value: String) throws(CurlError) {
    try check(unsafe ccurl_set_string(easy, option, value))
  }

  func set(_ option: CURLoption, copying bytes: [UInt8]) throws(CurlError) {
    let code = unsafe bytes.withUnsafeBytes { buffer in
      unsafe ccurl_set_pointer(easy, option, UnsafeMutableRawPointer(mutating: buffer.baseAddress))
    }
    try check(code)
  }

  private func check(_ code: CURLcode) throws(CurlError) {
    guard code == CURLE_OK else { throw CurlError(code) }
  }
}

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

  /// Goes through a proxy but to those hosts, whatever `http_proxy` and its kind say, which libcurl would obey.
  /// https://curl.se/libcurl/c/CURLOPT_PROXY.html (empty for none), https://curl.se/libcurl/c/CURLOPT_NOPROXY.html
  func useProxy(_ proxy: String, except direct: String) throws(CurlError) {
    try set(CURLOPT_PROXY, proxy)
    try set(CURLOPT_NOPROXY, direct)
  }

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
  /// The same for a proxy that is spoken to over TLS. https://curl.se/libcurl/c/CURLOPT_PROXY_CAINFO.html
  func believe(_ authorities: String) throws(CurlError) {
    try set(CURLOPT_CAINFO, authorities)
    try set(CURLOPT_PROXY_CAINFO, authorities)
  }

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

/// Owner of a list of header lines in libcurl's form. It must outlive the transfer that reads
/// it: https://curl.se/libcurl/c/CURLOPT_HTTPHEADER.html
@safe
struct CurlHeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  init(_ headers: [CurlHeader]) throws(CurlError) {
    unsafe first = nil
    for header in headers {
      // "Name;" is how libcurl is told to send a field without a value.
      try append(header.value.isEmpty ? "\(header.name);" : "\(header.name): \(header.value)")
    }
    // libcurl waits up to a second for "100 Continue" before it sends a longer body; asking for
    // nothing of the kind saves the wait.
    try append("Expect:")
  }

  // https://curl.se/libcurl/c/curl_slist_append.html
  private mutating func append(_ line: String) throws(CurlError) {
    guard let longer = unsafe curl_slist_append(first, line) else {
      throw CurlError(.other, cause: "out of memory")
    }
    unsafe first = longer
  }

  // https://curl.se/libcurl/c/curl_slist_free_all.html
  deinit {
    unsafe curl_slist_free_all(first)
  }
}

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
