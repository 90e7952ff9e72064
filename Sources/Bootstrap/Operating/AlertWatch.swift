package import CallDomain
import CallStore
import Synchronization
import Telemetry
import WebAPI

/// Looks whether alerts changed, notes it, and tells whoever listens what was not told yet, be it of this
/// process's seeing or left by another.
package final class AlertWatch: Sendable {
  private let service: Service
  private let notifier: Notifier
  private let now: @Sendable () -> Timestamp
  private let milliseconds: @Sendable () -> Int64
  private let sleep: @Sendable (Int64) async throws -> Void
  private let telling = Mutex(AlertTelling())
  private let unknown: CauseReport

  /// - Parameters:
  ///   - now: By which alerts are judged.
  ///   - milliseconds: A clock that never goes back; only differences count.
  ///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
  package init(
    _ service: Service, now: @escaping @Sendable () -> Timestamp = Clocks.now,
    milliseconds: @escaping @Sendable () -> Int64 = Clocks.api.milliseconds,
    sleep: @escaping @Sendable (Int64) async throws -> Void = Clocks.sleep
  ) {
    self.service = service
    self.now = now
    self.milliseconds = milliseconds
    self.sleep = sleep
    unknown = CauseReport(
      "alerts_unknown", "No se pueden evaluar las alertas", to: service.logger)
    notifier = Notifier(
      service.configuration.alerts, network: service.configuration.network, logger: service.logger,
      sleep: sleep)
  }

  /// Looks every minute, sooner where an attempt to tell is due, and after every run, until it is cancelled.
  package func keepLooking() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [self] in
        var wait: Int64?
        repeat { wait = await look() } while (try? await sleep(min(Self.pause, wait ?? Self.pause))) != nil
      }
      group.addTask { [self] in
        for await run in service.ends {
          let isSuccess = run.state == .succeeded
          await follow(run.kind, isSuccess: isSuccess)
          if run.kind == .hourly, isSuccess { _ = await service.startDailyAudit(now: now()) }
        }
      }
    }
  }

  /// What follows a run that has ended: the heartbeat of a successful hourly one, and a look.
  ///
  /// - Parameter told: Why it failed, where the log has told that: it need not say so of the alerts as well.
  func follow(_ kind: RunKind, isSuccess: Bool, told: RunFailure? = nil) async {
    if let told { unknown.note(told) }
    // A monitor that hangs keeps no alert from being noted and told.
    async let heartbeat: Void = kind == .hourly && isSuccess ? notifier.heartbeat() : ()
    _ = await look()
    await heartbeat
  }

  /// Looks, and again for so long as it is worth waiting for the next attempt to tell.
  ///
  /// - Returns: Milliseconds until an attempt is due; nil where nothing is left to tell.
  package func look() async -> Int64? {
    var wait = await lookOnce()
    while let next = wait, next <= AlertTelling.hurry, (try? await sleep(next)) != nil {
      wait = await lookOnce()
    }
    return wait
  }

  private func lookOnce() async -> Int64? {
    do throws(RunFailure) {
      let status = try await service.status(now: now())
      try await service.store.record(status.changes, now: status.asOf) { [self] changes in
        for alert in changes { report(alert) }
      }
      let wait = try await notifier.hasListener ? tell(status.alerts) : nil
      unknown.forget()
      return wait
    } catch {
      if Task.isCancelled || service.gate.isMigrating { return nil }
      unknown.report(error)
      return nil
    }
  }

  /// One attempt for each alert that is due.
  private func tell(_ alerts: [Alert]) async throws(RunFailure) -> Int64? {
    let records = try await service.store.alertRecords()
    let due = telling.withLock { $0.due(alerts, records, now: milliseconds()) }
    for alert in due {
      let record = records[alert.name] ?? AlertRecord()
      guard let claim = try await service.store.claim(alert, after: record.claim) else {
        note(Notifier.Delivery(outcome: .taken), of: alert)
        continue
      }
      let delivery = await notifier.tell(alert)
      note(delivery, of: alert)
      let told = AlertTelling.told(alert, after: delivery.outcome, before: record)
      try await service.store.settle(alert.name, claim: claim, isToldFiring: told)
    }
    return telling.withLock { $0.wait(now: milliseconds()) }
  }

  private func note(_ delivery: Notifier.Delivery, of alert: Alert) {
    if Task.isCancelled, delivery.outcome != .told { return }
    let isNews = telling.withLock { $0.note(delivery.outcome, of: alert.name, now: milliseconds()) }
    if isNews { notifier.reportSilence(delivery) }
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
