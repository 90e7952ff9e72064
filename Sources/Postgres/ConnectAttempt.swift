import Dispatch
import Synchronization

/// Connecting on a thread of its own, which is left behind where libpq does not come back in time: a server may ask
/// for so many rounds of a key derivation, or a resolver take so long, that a single call takes minutes.
final class ConnectAttempt: Sendable {
  /// Safe to hand over: made on the thread that connects, which keeps no reference, and taken once.
  private struct Made: @unchecked Sendable {
    let handle: ConnectionHandle
  }

  private struct State {
    var result: Result<Made, PostgresError>?
    var isAbandoned = false
  }

  private let state = Mutex(State())
  private let done = DispatchSemaphore(value: 0)
  private let stop = StopSignal()
  private let leftBehind: LeftBehind

  private init(_ leftBehind: LeftBehind) {
    self.leftBehind = leftBehind
  }

  /// How often cancellation and the deadline are looked at.
  private static let slice = DispatchTimeInterval.milliseconds(50)

  /// - Parameters:
  ///   - deadline: When to leave the thread behind.
  ///   - leftBehind: Those of earlier attempts, which have to come back first where they are many.
  ///   - connect: Told when to stop by itself.
  static func run(
    until deadline: Deadline, _ leftBehind: LeftBehind,
    _ connect: @escaping @Sendable (StopSignal) throws(PostgresError) -> ConnectionHandle
  ) throws(PostgresError) -> ConnectionHandle {
    guard !leftBehind.isMany else {
      throw PostgresError(.unreachable, cause: "earlier attempts to connect have not come back yet")
    }
    let attempt = ConnectAttempt(leftBehind)
    DispatchQueue(label: "postgres connecting").async { attempt.work(connect) }
    return try attempt.wait(deadline)
  }

  private func work(_ connect: (StopSignal) throws(PostgresError) -> ConnectionHandle) {
    let result: Result<Made, PostgresError>
    do throws(PostgresError) {
      result = .success(Made(handle: try connect(stop)))
    } catch {
      result = .failure(error)
    }
    let isAbandoned = state.withLock { state in
      if !state.isAbandoned { state.result = result }
      return state.isAbandoned
    }
    if isAbandoned {
      leftBehind.change(by: -1)
    } else {
      done.signal()
    }
  }

  private func wait(_ deadline: Deadline) throws(PostgresError) -> ConnectionHandle {
    var end: Deadline.End?
    while done.wait(timeout: .now() + Self.slice) == .timedOut {
      do throws(Deadline.End) {
        _ = try deadline.remaining(atMost: .zero)
      } catch {
        end = error
        break
      }
    }
    let result = state.withLock { state in
      if state.result == nil {
        state.isAbandoned = true
        leftBehind.change(by: 1)
      }
      defer { state.result = nil }
      return state.result
    }
    guard let result else {
      stop.set()
      throw end == .cancelled
        ? PostgresError(.cancelled, cause: "cancelled while connecting")
        : PostgresError(.unreachable, cause: "connecting has not come back in time")
    }
    return try result.get().handle
  }
}

/// The threads of one pool that connect for nobody any more.
final class LeftBehind: Sendable {
  private static let all = Atomic(0)
  private let count = Atomic(0)

  /// Whether there are any, of whichever pool.
  static var areAny: Bool { all.load(ordering: .relaxed) > 0 }

  var isMany: Bool { count.load(ordering: .relaxed) >= 4 }

  func change(by difference: Int) {
    count.wrappingAdd(difference, ordering: .relaxed)
    Self.all.wrappingAdd(difference, ordering: .relaxed)
  }
}
