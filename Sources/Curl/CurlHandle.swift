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
