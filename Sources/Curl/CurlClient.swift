import BlockingWork
import Synchronization

/// Sends HTTP requests through a few reused handles, so that connections stay warm.
///
/// TLS 1.2 or later, peer and host verified; no redirects, no signals; HTTP/1.1; no proxy but the
/// one it is given, whatever the environment says. The client never retries by itself, except
/// that libcurl sends a request again when a kept connection turns out to be closed before a
/// byte of the answer came.
package final class CurlClient: Sendable {
  private let line: WaitingLine
  // The worker used last comes first: its connection is the warmest.
  private let idle = Mutex<[CurlWorker]>([])
  private let network: CurlNetwork
  private let onExchange: @Sendable (CurlExchange) -> Void

  /// - Parameters:
  ///   - maxHandles: how many requests may be under way at once, at least 1.
  ///   - onExchange: told of every request that had its turn, however it ended.
  package init(
    maxHandles: Int, network: CurlNetwork = CurlNetwork(),
    onExchange: @escaping @Sendable (CurlExchange) -> Void = { _ in }
  ) {
    line = WaitingLine(limit: maxHandles)
    self.network = network
    self.onExchange = onExchange
  }

  /// Sends the request when a handle is free and returns its answer, whatever its status.
  ///
  /// The request's deadlines begin when it has a handle. Cancelling the task ends a request
  /// within about a second.
  package func send(_ request: CurlRequest) async throws(CurlError) -> CurlResponse {
    guard await line.enter() == .admitted else { throw CurlError(.cancelled) }
    defer { line.leave() }
    let kept = idle.withLock { $0.popLast() }
    let worker = if let kept { kept } else { try CurlWorker(network) }
    defer { idle.withLock { $0.append(worker) } }
    let cancellation = CurlCancellation()
    let begin = ContinuousClock.now
    let outcome = await withTaskCancellationHandler {
      await worker.outcome(of: request, cancellation: cancellation)
    } onCancel: {
      cancellation.cancel()
    }
    onExchange(CurlExchange(status: (try? outcome.get())?.status, duration: begin.duration(to: .now)))
    return try outcome.get()
  }
}

extension CurlWorker {
  // `withTaskCancellationHandler` passes typed errors on untyped; a result keeps the type.
  fileprivate func outcome(
    of request: CurlRequest, cancellation: CurlCancellation
  ) -> Result<CurlResponse, CurlError> {
    Result { () throws(CurlError) in try perform(request, cancellation: cancellation) }
  }
}

/// One handle on a queue of its own, because libcurl blocks its thread for as long as a
/// request takes.
actor CurlWorker {
  private nonisolated let queue = QueueExecutor(label: "curl")
  private let handle: CurlHandle
  private let network: CurlNetwork

  init(_ network: CurlNetwork) throws(CurlError) {
    handle = try CurlHandle()
    self.network = network
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
      try handle.describe(request, through: network)
      let headers = try CurlHeaderList(request.headers)
      let status = try handle.perform(sending: headers, into: transfer)
      return CurlResponse(status: status, headers: transfer.headers, body: transfer.body)
    } catch {
      throw error.blaming(network.proxy(for: request.url) == nil ? nil : network.proxyPlace)
        .hiding([request.user, request.password, request.pathAndQuery, network.proxyPassword])
    }
  }
}

extension CurlHandle {
  /// Every option of the request but its headers and callbacks.
  fileprivate func describe(_ request: CurlRequest, through network: CurlNetwork) throws(CurlError) {
    reset()
    try useNoSignals()
    try useProxy(network.proxy(for: request.url) ?? "", except: network.direct)
    try useHTTP1()
    try followNoRedirects()
    try verifyPeerAndHost()
    if let authorities = network.authorities { try believe(authorities) }
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

/// Tells a running transfer, from another thread, that nobody waits for it any more.
final class CurlCancellation: Sendable {
  private let flag = Atomic(false)

  func cancel() {
    flag.store(true, ordering: .relaxed)
  }

  var isCancelled: Bool {
    flag.load(ordering: .relaxed)
  }
}

/// One request and how it ended, for whoever counts.
package struct CurlExchange: Hashable, Sendable {
  /// The status of the whole answer; nil where none came.
  package var status: Int?
  /// From the moment when the request had a handle.
  package var duration: Duration
}
