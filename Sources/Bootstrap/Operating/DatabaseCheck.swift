import CallDomain
import CallStore
import Postgres
import Telemetry

/// Whether runs can use the database, and what stands in it that a person should know.
struct DatabaseCheck {
  private let configuration: Configuration?

  init(_ configuration: Configuration?) {
    self.configuration = configuration
  }

  func findings() async -> [Finding] {
    guard var configuration else {
      return [
        Finding(
          .fault, check: "base de datos", detail: "No se ha preguntado, porque falta su configuración.",
          whatToDo: "Corrija lo que dice «configuración».")
      ]
    }
    configuration.database.maximumConnections = 1
    configuration.database.connectLimit = .seconds(5)
    let service = Service(configuration, logger: Self.silent)
    let findings = await exposure(configuration) + state(of: service)
    await service.pool.close()
    return findings
  }

  // What goes wrong stands in the report.
  private static let silent = Logger(format: .text, minimumLevel: .error, clock: { "" }, sink: { _ in })

  private func exposure(_ configuration: Configuration) -> [Finding] {
    guard let mode = configuration.database.exposure.sslMode else { return [] }
    return [
      Finding(
        .warning, check: "cifrado",
        detail: "La conexión con la base de datos cruza la red sin exigir cifrado (sslmode=\(mode)).",
        whatToDo: "Ponga sslmode=require en DATABASE_URL o PGSSLMODE=require.")
    ]
  }

  private func state(of service: Service) async -> [Finding] {
    do throws(RunFailure) {
      try await service.store.check()
    } catch {
      return [Finding(error, check: Self.name(error.kind))]
    }
    let usable = Finding(
      .ok, check: "base de datos",
      detail: "Se puede usar: el esquema es el de este programa y nada oculta filas.")
    do throws(RunFailure) {
      let status = try await service.status()
      let inspection = try await service.store.inspect()
      return [usable] + status.findings + inspection.findings(now: Clocks.now())
    } catch {
      return [usable, Finding(error, check: "datos")]
    }
  }

  private static func name(_ kind: RunFailure.Kind) -> String {
    guard case .database(let fault) = kind else { return "base de datos" }
    return switch fault {
    case .unclearSchema, .oldSchema, .newSchema: "esquema"
    case .hiddenRows: "filas ocultas"
    case .noDefaultWorkspace: "workspace por defecto"
    case .forbidden: "permisos"
    case .unreachable, .busy, .readOnly, .full, .refused: "base de datos"
    }
  }
}
