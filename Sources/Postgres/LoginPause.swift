import Synchronization

/// What keeps a pool from asking a server again and again that refuses it for good, or that it does not trust, such
/// as with a wrong password or another authority's certificate: each such login is a line of the server's log, and
/// some poolers shut everybody out after a few.
///
/// After a refusal nobody logs in for a while, which grows; meanwhile all hear the last word. Then one asks again.
final class LoginPause: Sendable {
  private struct State {
    var refusal: PostgresError?
    var logins = 0
    var next = Duration.zero
  }

  private let state = Mutex(State())
  private let elapsed: @Sendable () -> Duration

  init(clock: any Clock<Duration>) {
    elapsed = Self.stopwatch(clock)
  }

  /// - Throws: The refusal that holds, unless it is this caller's turn to ask again, which he then has to do.
  func check() throws(PostgresError) {
    let now = elapsed()
    let refusal = state.withLock { state -> PostgresError? in
      guard let refusal = state.refusal else { return nil }
      if now < state.next {
        return refusal.adding("not asked again for \((state.next - now).components.seconds + 1) s; ")
      }
      state.logins += 1
      state.next = now + Self.pause(after: state.logins)
      return nil
    }
    if let refusal { throw refusal }
  }

  /// - Parameter failure: What became of a login; nil where it succeeded.
  func note(_ failure: PostgresError?) {
    // Who was cancelled has heard nothing.
    if failure?.kind == .cancelled { return }
    let now = elapsed()
    state.withLock { state in
      guard let failure, failure.kind.isLasting else { return state = State() }
      if state.refusal == nil { state = State(logins: 1, next: now + Self.pause(after: 1)) }
      state.refusal = failure
    }
  }

  /// 10, 20, 40 and then always 60 seconds, so that what was mended is noticed within a minute.
  private static func pause(after logins: Int) -> Duration {
    .seconds(min(60, 10 << min(max(0, logins - 1), 3)))
  }

  private static func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }
}

extension PostgresError.Kind {
  /// Whether a login that is refused so will be refused until somebody has changed something.
  fileprivate var isLasting: Bool {
    switch self {
    case .authentication, .databaseMissing, .unknownProject, .pausedProject, .loginsBlocked,
      .addressNotAllowed, .loginForbidden, .optionRefused, .untrustedCertificate, .certificateFile:
      true
    default: false
    }
  }
}
