/// Why something did not start or did not succeed: for machines, for people, and for the log.
///
/// The only error that crosses a wall of this program. Whoever finds the cause says it once, in `cause`.
package struct RunFailure: Error, Hashable, Sendable {
  /// What failed; decides the HTTP status, the exit status and whether trying again makes sense.
  package enum Kind: Hashable, Sendable {
    /// A parameter is wrong.
    case badParameter
    /// Another run of the kind is in progress.
    case alreadyRunning
    /// What is stored stands in the way, and a person decides.
    case conflict
    /// Another run holds the lease of this one, which did not renew it in time.
    case leaseLost
    /// Twilio refused, failed or could not be reached.
    case twilio(TwilioFault)
    /// The database cannot be used.
    case database(DatabaseFault)
    /// The program is stopping.
    case stopping
    /// A fault of this program.
    case `internal`
  }

  package var kind: Kind
  /// What failed: a Spanish sentence without internals or secrets.
  package var whatFailed: String
  /// What to do about it: one or more Spanish sentences; nil where `whatFailed` says it.
  package var whatToDo: String?
  /// What the database, libpq, Twilio or libcurl said, or the Swift error and its place. For the log and
  /// nothing else; phone numbers and secrets are masked there.
  package var cause: String?
  /// The run that failed or, with `alreadyRunning`, the one that is in progress.
  package var runID: RunID?
  /// Seconds after which trying again makes sense.
  package var retryAfter: Int?
  /// Twilio's `Twilio-Request-Id`, by which Twilio's support finds the request.
  package var twilioRequestID: String?
  /// With `conflict`, what would move.
  package var moves: [MoveSum] = []

  package init(
    _ kind: Kind, _ whatFailed: String, _ whatToDo: String? = nil, cause: String? = nil, runID: RunID? = nil,
    retryAfter: Int? = nil, twilioRequestID: String? = nil
  ) {
    self.kind = kind
    self.whatFailed = whatFailed
    self.whatToDo = whatToDo
    self.cause = cause
    self.runID = runID
    self.retryAfter = retryAfter
    self.twilioRequestID = twilioRequestID
  }

  /// What failed and what to do.
  package var message: String { whatToDo.map { "\(whatFailed) \($0)" } ?? whatFailed }
}

/// Why Twilio did not give what it was asked for, as far as it decides what to do next.
package enum TwilioFault: Hashable, Sendable {
  /// May work when asked again: 5xx, a connection that broke, an answer that is none.
  case transient
  /// No answer came in time; it may be too large.
  case unanswered
  /// Too many requests at once (429); this one was not processed.
  case throttled
  /// Refused credentials; now and then a mistake of Twilio's, so worth one more request.
  case unauthorized
  /// The period lies outside of what Twilio keeps (20004).
  case retention
  /// It refuses this very request (400, 404, 410 and the like), as it does a page token that has expired (21481).
  case refused
  /// Its clock and this machine's are so far apart that no time means the same to both.
  case clock
  case permanent
}

/// Why the database cannot be used. `Readiness` makes the word of `/ready` from it.
package enum DatabaseFault: Hashable, Sendable, CaseIterable {
  case unreachable
  /// Not answered in time, by the database or for want of a connection.
  case busy
  case readOnly
  case full
  /// The role may not do what the program must do.
  case forbidden
  /// Row level security could hide rows from the role.
  case hiddenRows
  case noDefaultWorkspace
  /// Which schema is ours cannot be told, or it cannot be used.
  case unclearSchema
  case oldSchema
  /// A table or a column is missing that the schema's version has.
  case incompleteSchema
  /// The schema says that a program as old as this one must not write.
  case newSchema
  /// It refused a statement.
  case refused

  /// Whether the same step may well succeed a little later. A failover leaves a server read-only for a while.
  var isPassing: Bool {
    switch self {
    case .unreachable, .busy, .readOnly: true
    case .full, .forbidden, .hiddenRows, .noDefaultWorkspace, .unclearSchema, .oldSchema, .incompleteSchema,
      .newSchema,
      .refused:
      false
    }
  }
}

extension RunFailure {
  /// What failed in one word, for machines.
  package enum Code: String, Hashable, Sendable {
    case badParameter, alreadyRunning, conflict, twilio, database, stopping, `internal`
  }

  package var code: Code {
    switch kind {
    case .badParameter: .badParameter
    case .alreadyRunning: .alreadyRunning
    case .conflict: .conflict
    case .twilio: .twilio
    case .database(.refused), .leaseLost, .internal: .internal
    case .database: .database
    case .stopping: .stopping
    }
  }

  /// Whether the same step may well succeed a little later: the database restarts, or is busy.
  package var isPassing: Bool {
    if case .database(let fault) = kind { fault.isPassing } else { false }
  }

  /// Another run holds the lease of this one.
  package static let leaseLost = RunFailure(
    .leaseLost,
    """
    Otra ejecución tomó el relevo de esta, que no dio señales de vida a tiempo y ya no puede guardar nada más.
    """,
    """
    Si vuelve a pasar, compruebe que el equipo no se suspende, que le alcanzan la CPU y la memoria y que la \
    base de datos responde.
    """)

  /// The program is stopping, and the run with it.
  package static let interrupted = RunFailure(
    .stopping, "La ejecución se interrumpió porque el servicio se está parando.")

  /// A fault of this program.
  ///
  /// - Parameters:
  ///   - error: The Swift error that nothing expected.
  ///   - file: Where it was caught, with `line`.
  package init(unexpected error: any Error, file: StaticString = #fileID, line: Int = #line) {
    self.init(
      fault: "\(String(reflecting: error)) (\(file):\(line))")
  }

  /// A fault of this program, of which the log tells the cause.
  package init(fault cause: String) {
    self.init(
      .internal, "Fallo interno de twilio-sync.",
      "Repita y, si vuelve a pasar, comuníquelo con la causa que dice el registro.", cause: cause)
  }
}
