/// What a check found: the unit of `doctor`'s report, the status answer and the status page.
package struct Finding: Hashable, Sendable {
  /// How bad it is.
  package enum Level: String, Sendable, CaseIterable {
    case ok
    /// Worth knowing; nobody has to act.
    case warning
    /// Somebody has to act.
    case fault
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

  package init(
    _ level: Level, check: String, detail: String, whatToDo: String? = nil, cause: String? = nil
  ) {
    self.level = level
    self.check = check
    self.detail = detail
    self.whatToDo = whatToDo
    self.cause = cause
  }

  /// A fault that a failure shows.
  package init(_ failure: RunFailure, check: String) {
    self.init(
      .fault, check: check, detail: failure.whatFailed, whatToDo: failure.whatToDo, cause: failure.cause)
  }
}
