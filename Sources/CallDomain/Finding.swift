/// How the service stands, better before worse.
package enum ServiceState: String, Sendable, CaseIterable, Comparable {
  case ok
  /// Somebody has to act; the calls come in.
  case attention
  /// The calls do not come in.
  case broken

  package static func < (left: ServiceState, right: ServiceState) -> Bool {
    left != right && (left == .ok || right == .broken)
  }
}

/// What a check found: the unit of the evaluation that every screen shows, and of what only `doctor` looks at.
package struct Finding: Hashable, Sendable {
  /// How bad it is.
  package enum Level: String, Sendable, CaseIterable {
    case ok
    /// Worth knowing; nobody has to act.
    case warning
    /// Somebody has to act.
    case fault
  }

  /// What the evaluation looks at, by which a page finds its own words.
  package enum Topic: Hashable, Sendable {
    case alert
    case lastRun(RunKind)
    case givenUpCalls
    case refusedCalls
    case audit
  }

  package var level: Level
  /// What was checked, in a word or two for operators: `base de datos`.
  package var check: String
  /// What was found, one sentence in Spanish without secrets.
  package var detail: String
  /// What to do about it, in Spanish; nil when there is nothing to do.
  package var whatToDo: String?

  /// What lies behind a fault, for the terminal only; see `RunFailure.cause`.
  package var cause: String?
  /// What it makes of the service: `ok` unless it is a fault.
  package let state: ServiceState
  /// Where it is part of the evaluation, what it is about.
  package let topic: Topic?

  /// - Parameter state: Of a fault; `broken` where it is nil.
  package init(
    _ level: Level, check: String, detail: String, whatToDo: String? = nil, cause: String? = nil,
    state: ServiceState? = nil, topic: Topic? = nil
  ) {
    self.level = level
    self.check = check
    self.detail = detail
    self.whatToDo = whatToDo
    self.cause = cause
    self.state = level == .fault ? state ?? .broken : .ok
    self.topic = topic
  }

  /// A fault that a failure shows.
  package init(_ failure: RunFailure, check: String) {
    self.init(
      .fault, check: check, detail: failure.whatFailed, whatToDo: failure.whatToDo, cause: failure.cause)
  }
}

extension [Finding] {
  /// How the service stands by all of them: as by the worst.
  package var state: ServiceState { map(\.state).max() ?? .ok }
}
