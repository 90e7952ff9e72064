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
    let secrets = configuration.callerSecrets.mapValues(\.exposed)
    let routes = Routes(
      service: service,
      secrets: CallerSecrets(
        secrets["CRON_SECRET"] ?? "", secrets["CRON_SECRET_PREVIOUS"] ?? "",
        reading: secrets["READ_SECRET"] ?? "", metrics: secrets["METRICS_SECRET"] ?? ""),
      version: Version.text,
      clock: Clocks.api, zone: configuration.displayZone,
      onEvent: { event in
        metrics?.count(event)
        ServeReport.report(event, to: logger)
      })
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(
        host: configuration.host, port: configuration.port,
        deadlines: HTTPDeadlines(idle: .seconds(configuration.keepAlive))),
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
    let signal = await signals.first()
    logger.log(.info, "stopping", text: ["🛑 Parando el servicio..."])
    migration?.cancel()
    watch.cancel()
    await stop(server, within: configuration.shutdownGrace, signal)
    logger.log(.info, "stopped", text: ["👋 Servicio parado"])
    return .done
  }

  /// Runs are interrupted and recorded first, so that the requests that wait for them end, too.
  ///
  /// - Parameter seconds: Until the process ends, whatever is still to be done.
  private func stop(_ server: HTTPServer, within seconds: Int, _ signal: ExitStatus?) async {
    let alarm = Task {
      guard (try? await Clocks.sleep(Int64(seconds) * 1000)) != nil else { return }
      service.logger.log(
        .warning, "stop_cut_off",
        text: [
          "⚠️ La parada no acabó en \(seconds) s (SHUTDOWN_GRACE_SECONDS): si no se pudo anotar el fin de una "
            + "ejecución, lo anota la siguiente."
        ])
      signals.take(signal ?? .terminated)
    }
    async let stopped: Void = server.stop(gracePeriod: .seconds(seconds - 1))
    await service.conductor.stop()
    if await !service.conductor.recorded() { RunEndReport.reportUnrecorded(to: service.logger) }
    await stopped
    await service.pool.close()
    alarm.cancel()
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
