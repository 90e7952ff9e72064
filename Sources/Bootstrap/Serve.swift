import CallDomain
import CallStore
import Postgres
import SyncEngine
import Telemetry
import Terminal
import WebAPI
import WebServer

/// `twilio-sync serve`: the HTTP server, until a signal ends it.
struct Serve {
  let service: Service
  let signals: Signals

  func run() async -> ExitStatus {
    let logger = service.logger
    let configuration = service.configuration
    let metrics = service.metrics
    let routes = Routes(
      service: service, secret: configuration.cronSecret.exposed, version: Version.text,
      clock: Clocks.api, zone: configuration.displayZone,
      onEvent: { event in
        metrics?.count(event)
        ServeReport.report(event, to: logger)
      })
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(host: configuration.host, port: configuration.port),
      onEvent: { event in
        metrics?.count(event)
        ServeReport.report(event, to: logger)
      }, refusal: Routes.refusal, judge: routes.judge, immediate: routes.immediate, handler: routes.handler)
    signals.expect()
    do {
      _ = try await server.start()
    } catch {
      ServeReport.reportNoPort(configuration, error, to: logger)
      return .failed
    }
    let migration = configuration.migratesOnStart ? Task { await migrate() } : nil
    let watch = Task { await AlertWatch(service).keepLooking() }
    _ = await signals.first()
    logger.log(.info, "stopping", text: ["🛑 Parando el servicio..."])
    migration?.cancel()
    watch.cancel()
    // Runs are interrupted and recorded first, so that the requests that wait for them end, too.
    async let stopped: Void = server.stop(gracePeriod: .seconds(25))
    await service.conductor.stop()
    await stopped
    await service.pool.close()
    logger.log(.info, "stopped", text: ["👋 Servicio parado"])
    return .done
  }

  /// Migrates as soon as the database lets it; until then `/ready` says so and runs are refused. Why it cannot is
  /// told once, until the reason is another.
  private func migrate() async {
    var told: RunFailure?
    while !Task.isCancelled {
      do throws(RunFailure) {
        _ = try await service.migrator.run()
        service.gate.open()
        return
      } catch {
        if Task.isCancelled { return }
        if told?.message != error.message { MigrationReport.reportFailure(error, to: service.logger) }
        told = error
        try? await Clocks.sleep(Self.migrationPause)
      }
    }
  }

  private static let migrationPause: Int64 = 2000
}
