/// How long a connection may stay in each stage, and what happens then. The clock is handed in.
package struct ConnectionPolicy: Hashable, Sendable {
  /// What the connection is waiting for.
  package enum Stage: Hashable, Sendable {
    /// The first byte of the first request.
    case new
    /// The first byte of a further request.
    case idle
    /// The rest of a request's head or content.
    case head, body
    /// The handler.
    case handling
    /// The client's close after the last answer.
    case lingering
  }

  /// What has to be done with the connection.
  package enum Action: Hashable, Sendable {
    case none
    /// Close it without an answer.
    case close
    /// Answer with this status, then close.
    case refuse(HTTPStatus)
    /// Reset it: the client does not take what waits to be sent.
    case reset
  }

  package typealias Instant = ContinuousClock.Instant

  private let deadlines: HTTPDeadlines
  private var stage = Stage.new
  private var isDraining = false
  private var since: Instant
  private var unsentSince: Instant?

  package init(deadlines: HTTPDeadlines, now: Instant) {
    self.deadlines = deadlines
    since = now
  }

  /// Enters a stage. Staying in one does not renew its deadline, however many bytes come; a connection that
  /// has asked for nothing yet is not idle, but new.
  package mutating func enter(_ next: Stage, at now: Instant) {
    guard next != stage, !(stage == .new && next == .idle) else { return }
    stage = next
    since = now
  }

  /// Bytes of an answer wait to be taken; `advanced` when the client took some just now.
  package mutating func sendingWaits(advanced: Bool, at now: Instant) {
    if advanced || unsentSince == nil { unsentSince = now }
  }

  /// Nothing waits to be sent.
  package mutating func sendingEnded() { unsentSince = nil }

  /// Whether a connection goes on after an answer.
  package func keepsAlive(asked: Bool) -> Bool { asked && !isDraining }

  /// Since when the connection waits for the first byte of a request, with nothing on its way; nil where it does not.
  package var silentSince: Instant? {
    (stage == .new || stage == .idle) && unsentSince == nil ? since : nil
  }

  /// No further request is wanted: a connection without one ends now, others with their answer.
  package mutating func drain() -> Action {
    isDraining = true
    return silentSince == nil ? .none : .close
  }

  /// What the deadlines demand now.
  package func tick(at now: Instant) -> Action {
    if let unsentSince, now - unsentSince >= deadlines.write { return .reset }
    let elapsed = now - since
    return switch stage {
    case .new: elapsed >= deadlines.header ? .close : .none
    case .idle: elapsed >= deadlines.idle && unsentSince == nil ? .close : .none
    case .head: elapsed >= deadlines.header ? .refuse(.requestTimeout) : .none
    case .body: elapsed >= deadlines.body ? .refuse(.requestTimeout) : .none
    case .handling: .none
    case .lingering: elapsed >= deadlines.linger ? .close : .none
    }
  }
}
