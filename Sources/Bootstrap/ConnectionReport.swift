import Postgres
import Telemetry

/// Warns about a way to the database on which others can read along.
enum ConnectionReport {
  static func report(_ database: PostgresConfiguration, to logger: Logger) {
    guard let mode = database.exposure.sslMode else { return }
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
