import BlockingWork

/// One handle on a queue of its own, because libcurl blocks its thread for as long as a
/// request takes.
actor CurlWorker {
  private nonisolated let queue = QueueExecutor(label: "curl")
  private let handle: CurlHandle

  init() throws(CurlError) {
    handle = try CurlHandle()
  }

  nonisolated var unownedExecutor: UnownedSerialExecutor {
    unsafe queue.asUnownedSerialExecutor()
  }

  /// Sends the request and waits for its whole answer.
  func perform(
    _ request: CurlRequest, cancellation: CurlCancellation
  ) throws(CurlError) -> CurlResponse {
    try request.check()
    guard !cancellation.isCancelled else { throw CurlError(.cancelled) }
    let transfer = CurlTransfer(sizeCap: request.sizeCap, cancellation: cancellation)
    do {
      try handle.describe(request)
      let headers = try CurlHeaderList(request.headers)
      let status = try handle.perform(sending: headers, into: transfer)
      return CurlResponse(status: status, headers: transfer.headers, body: transfer.body)
    } catch {
      throw error.hiding([request.user, request.password, request.pathAndQuery])
    }
  }
}

extension CurlHandle {
  /// Every option of the request but its headers and callbacks.
  fileprivate func describe(_ request: CurlRequest) throws(CurlError) {
    reset()
    try useNoSignals()
    try useNoProxy()
    try useHTTP1()
    try followNoRedirects()
    try verifyPeerAndHost()
    if let authorities = request.authorities { try believe(authorities) }
    try requireTLS12()
    try acceptAnyCompression()
    try allowProtocols(plainHTTP: request.allowsPlainHTTP)
    try keepPathAsItIs()
    try setURL(request.url)
    if let user = request.user { try setUser(user) }
    if let password = request.password { try setPassword(password) }
    try setConnectDeadline(request.timeouts.connect.curlMilliseconds)
    try setTotalDeadline(request.timeouts.total.curlMilliseconds)
    try abortStall(after: request.timeouts.stall.curlSeconds)
    try setSizeCap(request.sizeCap)
    if request.method == .post { try post(request.body) }
  }
}
