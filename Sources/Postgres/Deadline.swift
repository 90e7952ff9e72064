import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How long a wait may last, and who may end it early.
struct Deadline {
  /// Why a wait was given up.
  enum End: Error, Equatable {
    case timeout
    case cancelled
    /// More has come than anybody waits for.
    case tooMuch
  }

  private let end: ContinuousClock.Instant
  private let stop: StopSignal?

  /// With a `stop` signal the wait also ends with the current task's cancellation or that signal.
  init(_ limit: Duration, stop: StopSignal?) {
    end = .now + limit
    self.stop = stop
  }

  /// How long to sleep before asking again, at most `slice`.
  func remaining(atMost slice: Duration) throws(End) -> Duration {
    if let stop, stop.isSet || Task.isCancelled { throw .cancelled }
    let left = ContinuousClock.now.duration(to: end)
    guard left > .zero else { throw .timeout }
    return min(left, slice)
  }
}

/// A flag that any thread may raise to end what a connection is waiting for.
final class StopSignal: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .relaxed) }

  func set() {
    flag.store(true, ordering: .relaxed)
  }
}

/// Waiting for a socket with poll(2).
struct SocketWait {
  let socket: Int32
  let reading: Bool
  let writing: Bool

  /// Cancellation and the deadline are looked at this often while nothing arrives; an arrival ends the
  /// wait at once. Simpler than a descriptor to be woken by, and a cancellation may take that long.
  private static let slice = Duration.milliseconds(50)

  /// Returns when the socket is ready or broken; either way libpq finds out by using it.
  func untilReady(_ deadline: Deadline) throws(Deadline.End) {
    while true {
      let pause = try deadline.remaining(atMost: Self.slice)
      if isReady(within: pause) { return }
    }
  }

  /// Whether the socket is ready or broken at the latest after `pause`.
  func isReady(within pause: Duration) -> Bool {
    let events = (reading ? POLLIN : 0) | (writing ? POLLOUT : 0)
    var entry = pollfd(fd: socket, events: Int16(events), revents: 0)
    let milliseconds = Int32((pause / .milliseconds(1)).rounded(.up))
    let count = unsafe poll(&entry, 1, milliseconds)
    // An interrupted poll is a short one; a failed one must not spin, so libpq is asked.
    return count > 0 || (count < 0 && errno != EINTR)
  }
}
