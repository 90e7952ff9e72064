/// Why a run did not start or did not succeed, for machines and for people.
package struct RunFailure: Error, Hashable, Sendable {
  /// What failed, as far as an outsider may know; decides the HTTP status and the exit status.
  package enum Code: Hashable, Sendable {
    /// A parameter is wrong (400).
    case badParameter
    /// Another run of the kind is in progress (409, exit status 3).
    case alreadyRunning
    /// Twilio refused, failed or could not be reached (502).
    case twilio
    /// The database cannot be used: out of reach, read-only, full, of an old or too new schema,
    /// without the default workspace, or hiding rows (503).
    case database
    /// The server is stopping (503).
    case stopping
    /// Anything else (500).
    case `internal`
  }

  package var code: Code
  /// What failed and what to do, in Spanish, without internals or secrets.
  package var message: String
  /// The run that failed or, with `alreadyRunning`, the one that is in progress.
  package var runID: RunID?
  /// Seconds after which trying again makes sense.
  package var retryAfter: Int?
  /// Whether the same step may well succeed a little later: the database restarts, or is busy.
  package var isPassing: Bool

  package init(
    _ code: Code, _ message: String, runID: RunID? = nil, retryAfter: Int? = nil, isPassing: Bool = false
  ) {
    self.code = code
    self.message = message
    self.runID = runID
    self.retryAfter = retryAfter
    self.isPassing = isPassing
  }

  /// Another run holds the lease of this one, which did not renew it in time.
  package static let leaseLost = RunFailure(
    .internal,
    """
    Otra ejecución tomó el relevo de esta, que no dio señales de vida a tiempo y ya no puede guardar nada más. \
    Si vuelve a pasar, compruebe que el equipo no se suspende, que le alcanzan la CPU y la memoria y que la \
    base de datos responde.
    """)
}
