import Synchronization

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
