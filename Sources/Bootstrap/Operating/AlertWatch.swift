import CallDomain
import CallStore
import Telemetry

/// Looks whether alerts changed, and has whoever sees a change first tell of it.
struct AlertWatch: Sendable {
  let service: Service
  let notifier: Notifier

  init(_ service: Service) {
    self.service = service
    notifier = Notifier(service.configuration.alerts, logger: service.logger)
  }

  /// Looks every minute and after every run, and asks the heartbeat after a successful hourly one, until it
  /// is cancelled.
  func keepLooking() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        var isBlind = false
        repeat { isBlind = await !look(isBlind: isBlind) } while (try? await Clocks.sleep(Self.pause)) != nil
      }
      group.addTask {
        for await end in service.ends { await follow(end) }
      }
    }
  }

  /// What follows a run that has ended.
  func follow(_ end: RunEnd) async {
    if end.kind == .hourly, end.isSuccess { await notifier.beat() }
    _ = await look(isBlind: false)
  }

  /// - Parameter isBlind: Whether the last look failed, and was told of.
  /// - Returns: Whether the state could be read.
  private func look(isBlind: Bool) async -> Bool {
    do throws(RunFailure) {
      let status = try await service.status()
      let changes = try await translated { () async throws(StoreError) in
        try await service.store.record(status.alerts, now: status.asOf)
      }
      for alert in changes { report(alert) }
      await notifier.tell(changes)
      return true
    } catch {
      if Task.isCancelled || isBlind || service.gate.isMigrating { return false }
      service.logger.log(
        .warning, "alerts_unknown", text: ["⚠️ No se pueden evaluar las alertas: \(error.message)"],
        fields: [LogField("error", .text(error.message))])
      return false
    }
  }

  private func report(_ alert: Alert) {
    let fields = [LogField("alert", .text(alert.name.rawValue)), LogField("detail", .text(alert.detail))]
    if alert.isFiring {
      let advice = alert.whatToDo.map { " → \($0)" } ?? ""
      service.logger.log(
        .warning, "alert_firing", text: ["⚠️ Alerta \(alert.name.rawValue): \(alert.detail)\(advice)"],
        fields: fields)
    } else {
      service.logger.log(
        .info, "alert_resolved", text: ["✅ Alerta \(alert.name.rawValue) resuelta: \(alert.detail)"],
        fields: fields)
    }
  }

  private static let pause: Int64 = 60_000
}
