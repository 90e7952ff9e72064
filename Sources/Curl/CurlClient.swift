import BlockingWork
import Synchronization

/// Sends HTTP requests through a few reused handles, so that connections stay warm.
///
/// TLS 1.2 or later, peer and host verified; no redirects, no proxy (the environment's proxy
/// variables are ignored), no signals; HTTP/1.1. The client never retries by itself, except
/// that libcurl sends a request again when a kept connection turns out to be closed before a
/// byte of the answer came.
package final class CurlClient: Sendable {
  private let line: WaitingLine
  // The worker used last comes first: its connection is the warmest.
  private let idle = Mutex<[CurlWorker]>([])
  private let onExchange: @Sendable (CurlExchange) -> Void

  /// - Parameters:
  ///   - maxHandles: how many requests may be under way at once, at least 1.
  ///   - onExchange: told of every request that had its turn, however it ended.
  package init(maxHandles: Int, onExchange: @escaping @Sendable (CurlExchange) -> Void = { _ in }) {
    line = WaitingLine(limit: maxHandles)
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
    let worker = if let kept { kept } else { try CurlWorker() }
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
