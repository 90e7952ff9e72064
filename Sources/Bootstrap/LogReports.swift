package import CallDomain
import CallStore
import Postgres
import Synchronization
package import Telemetry
import WebAPI
import WebServer

/// Words what is left of a run when the program ends.
enum RunEndReport {
  static func reportUnrecorded(to logger: Logger) {
    logger.log(
      .warning, "end_unrecorded",
      text: ["⚠️ No se pudo anotar el fin de una ejecución: lo anota la siguiente."])
  }
}

/// Words what happens at the server and its routes.
enum ServeReport {
  static func report(_ event: ServerEvent, to logger: Logger) {
    switch event {
    case .listening(let address):
      logger.log(
        .info, "listening", text: ["🚀 twilio-sync \(Version.text) escucha en http://\(address)"],
        fields: [LogField("address", .text("\(address)")), LogField("version", .text(Version.text))])
    case .connectionsRefused(let count):
      logger.log(
        .warning, "connections_refused", text: ["⚠️ Demasiadas conexiones a la vez; rechazadas: \(count)"],
        fields: [LogField("count", .integer(Int64(count)))])
    case .acceptFailed(let error):
      logger.log(
        .warning, "accept_failed", text: ["⚠️ No se pueden aceptar conexiones por ahora: \(error)"],
        fields: [LogField("error", .text("\(error)"))])
    case .requestRefused(let error):
      logger.log(.debug, "request_refused", fields: [LogField("status", .integer(Int64(error.status.code)))])
    case .deadlinePassed: logger.log(.debug, "deadline_passed")
    case .stopped: logger.log(.debug, "server_stopped")
    }
  }

  static func report(_ event: APIEvent, to logger: Logger) {
    switch event {
    case .answered(let request):
      logger.log(
        .debug, "request_answered",
        text: ["\(request.method) \(request.route) \(request.status) \(request.milliseconds) ms"],
        fields: [
          LogField("requestId", .text(request.requestID)), LogField("route", .text(request.route)),
          LogField("method", .text(request.method)), LogField("status", .integer(Int64(request.status))),
          LogField("durationMs", .integer(request.milliseconds)),
        ])
    case .secretRefused(let requestID, let route, let address, let limited):
      let limit =
        limited ? "; demasiados intentos, se responde 429 y los siguientes de este minuto no se anotan" : ""
      logger.log(
        .warning, "secret_refused",
        text: ["⚠️ Secreto incorrecto en \(route) desde \(address)\(limit)"],
        fields: [
          LogField("requestId", .text(requestID)), LogField("route", .text(route)),
          LogField("address", .text(address)), LogField("limited", .bool(limited)),
        ])
    case .runStarted(let requestID, let kind, let id):
      logger.log(
        .debug, "run_requested",
        fields: [
          LogField("requestId", .text(requestID)), LogField("kind", .text(kind.rawValue)),
          LogField("runId", .integer(id.number)),
        ])
    case .runRefused(let requestID, let kind, let failure):
      RefusalReport.report(failure, of: kind, requestID: requestID, to: logger)
    case .requestFailed(let requestID, let route, let failure):
      logger.log(
        .error, "request_failed", text: ["❌ No se puede responder a \(route): \(failure.message)"],
        fields: [
          LogField("requestId", .text(requestID)), LogField("route", .text(route)),
          LogField("code", .text(failure.code.rawValue)), LogField("error", .text(failure.message)),
        ], cause: failure.cause)
    }
  }

  static func reportNoPort(_ configuration: Configuration, _ error: SocketError, to logger: Logger) {
    logger.log(
      .error, "listen_failed",
      text: [
        """
        ❌ No se puede escuchar en \(configuration.host):\(configuration.port) (\(error)); compruebe HOST y \
        PORT y que ningún otro programa use el puerto.
        """
      ],
      fields: [
        LogField("host", .text(configuration.host)), LogField("port", .integer(Int64(configuration.port))),
        LogField("error", .text("\(error)")),
      ])
  }
}

/// Words that a run was asked for and not started.
enum RefusalReport {
  /// - Parameter requestID: Nil where no request asked for it.
  static func report(_ failure: RunFailure, of kind: RunKind, requestID: String?, to logger: Logger) {
    let isOurs = failure.code == .database || failure.code == .internal
    let request = requestID.map { [LogField("requestId", .text($0))] } ?? []
    let running = failure.runID.map { [LogField("runId", .integer($0.number))] } ?? []
    logger.log(
      isOurs ? .error : .warning, "run_refused",
      text: ["\(isOurs ? "❌" : "⚠️") No se inicia la ejecución pedida (\(kind.rawValue)): \(failure.message)"],
      fields: request + [
        LogField("kind", .text(kind.rawValue)), LogField("code", .text(failure.code.rawValue)),
        LogField("error", .text(failure.message)),
      ] + running, cause: failure.cause)
  }
}

/// Words why something that is done again and again fails: each cause once, until it succeeds.
package final class CauseReport: Sendable {
  private let event: String
  private let sentence: String
  private let logger: Logger
  /// What was told since it last succeeded, in the words of the failures.
  private let told = Mutex<Set<String>>([])

  /// - Parameter sentence: What fails, in Spanish, without an end.
  package init(_ event: String, _ sentence: String, to logger: Logger) {
    self.event = event
    self.sentence = sentence
    self.logger = logger
  }

  /// It failed. What was cut off tells nothing.
  package func report(_ failure: RunFailure) {
    guard failure.kind != .stopping, note(failure) else { return }
    logger.log(
      .warning, event, text: ["⚠️ \(sentence): \(failure.message)"],
      fields: [LogField("error", .text(failure.message))], cause: failure.cause)
  }

  /// Takes a cause as told.
  ///
  /// - Returns: Whether it was not yet.
  @discardableResult
  package func note(_ failure: RunFailure) -> Bool {
    told.withLock { $0.insert(failure.message).inserted }
  }

  /// It succeeded.
  package func forget() {
    told.withLock { $0 = [] }
  }
}

/// Words what a migration does.
enum MigrationReport {
  static func report(_ event: Migrator.Event, to logger: Logger) {
    switch event {
    case .applying(let version, let name):
      logger.log(
        .info, "migration_applying", text: ["🔧 Migración \(version): \(name)"],
        fields: [LogField("version", .integer(Int64(version))), LogField("name", .text(name))])
    case .converted(let rows):
      logger.log(
        .info, "migration_converted", text: ["  🔧 \(rows) llamadas antiguas convertidas"],
        fields: [LogField("rows", .integer(Int64(rows)))])
    case .waiting:
      logger.log(.info, "migration_waiting", text: ["⏳ Otra réplica está migrando el esquema..."])
    case .createdDefaultWorkspace(let workspace):
      logger.log(
        .info, "default_workspace_created",
        text: ["🏷️ Creado el workspace por defecto \(workspace.number) (Sin asignar)"],
        fields: [LogField("workspaceId", .integer(workspace.number))])
    case .misfit(let misfit):
      logger.log(
        .warning, "column_misfit",
        text: [
          """
          ⚠️ La columna \(misfit.column) es \(misfit.type) y rechaza algunas llamadas, o todas; ejecute como dueño \
          «\(misfit.remedy)» y después «twilio-sync migrate».
          """
        ], fields: [LogField("column", .text(misfit.column)), LogField("type", .text(misfit.type))])
    case .foreignEncoding(let encoding):
      logger.log(
        .warning, "foreign_encoding",
        text: [
          """
          ⚠️ La base de datos está en \(encoding): rechaza las llamadas con caracteres que no tiene, que quedan en \
          refused_calls. Pase los datos a una base de datos en UTF8.
          """
        ], fields: [LogField("encoding", .text(encoding))])
    case .madeViews:
      logger.log(
        .info, "views_made", text: ["🔧 Hechas las vistas twilio_billing_monthly y twilio_calls_hourly"])
    case .costKeptNarrow(let dependents):
      logger.log(
        .warning, "cost_kept_narrow",
        text: [
          """
          ⚠️ calls.cost conserva su tipo con cuatro decimales porque dependen de él: \
          \(dependents.joined(separator: ", ")); bórrelos, ejecute «\(Migrator.dropViews) ALTER TABLE calls ALTER COLUMN \
          cost TYPE NUMERIC;», créelos de nuevo y repita «twilio-sync migrate».
          """
        ], fields: [LogField("dependents", .text(dependents.joined(separator: ", ")))])
    }
  }

  /// The SQL that somebody else is to run follows the sentence, a statement a line, so that none is cut.
  static func reportFailure(_ failure: RunFailure, to logger: Logger) {
    let remedy = (failure.whatToDo ?? "").split(separator: "\n").map(String.init)
    // It may quote a name with line ends.
    let sentence = ([LogLine.onOneLine(failure.whatFailed)] + remedy.prefix(1)).joined(separator: " ")
    logger.log(
      .error, "migration_failed", text: ["❌ La migración falló: \(sentence)"],
      fields: [LogField("error", .text(sentence))], cause: failure.cause)
    for line in remedy.dropFirst() {
      logger.log(.error, "migration_sql", text: [line], fields: [LogField("sql", .text(line))])
    }
  }

  /// For machines; people are told by the command's result.
  ///
  /// - Parameter steps: How many steps were applied.
  static func reportEnd(steps: Int, to logger: Logger) {
    logger.log(.info, "migration_finished", fields: [LogField("steps", .integer(Int64(steps)))])
  }
}

/// Warns about settings that are not what whoever set them expects, and about a way to the database on which others
/// can read along.
enum ConfigurationReport {
  static func report(_ configuration: Configuration, to logger: Logger) {
    for warning in configuration.warnings {
      logger.log(
        .warning, "setting_warning", text: ["⚠️ \(warning.message)"],
        fields: [LogField("error", .text(warning.message))])
    }
    guard let mode = configuration.database.exposure.sslMode else { return }
    logger.log(
      .warning, "database_not_encrypted",
      text: [
        """
        ⚠️ La conexión con la base de datos cruza la red sin exigir cifrado (sslmode=\(mode)): la contraseña y \
        los números podrían leerse por el camino. Ponga sslmode=require en DATABASE_URL o PGSSLMODE=require.
        """
      ], fields: [LogField("sslmode", .text(mode))])
  }
}
