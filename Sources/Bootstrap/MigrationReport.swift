import CallDomain
import CallStore
import Telemetry

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
    case .costKeptNarrow(let views):
      logger.log(
        .warning, "cost_kept_narrow",
        text: [
          """
          ⚠️ calls.cost conserva su tipo con cuatro decimales porque dependen de él estas vistas: \
          \(views.joined(separator: ", ")); bórrelas, ejecute «ALTER TABLE calls ALTER COLUMN cost TYPE \
          NUMERIC;» y créelas de nuevo.
          """
        ], fields: [LogField("views", .text(views.joined(separator: ", ")))])
    }
  }

  static func reportFailure(_ failure: RunFailure, to logger: Logger) {
    logger.log(
      .error, "migration_failed", text: ["❌ La migración falló: \(failure.message)"],
      fields: [LogField("error", .text(failure.message))], cause: failure.cause)
  }

  /// For machines; people are told by the command's result.
  ///
  /// - Parameter steps: How many steps were applied.
  static func reportEnd(steps: Int, to logger: Logger) {
    logger.log(.info, "migration_finished", fields: [LogField("steps", .integer(Int64(steps)))])
  }
}
