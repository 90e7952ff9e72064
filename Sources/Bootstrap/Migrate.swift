import CallDomain
import CallStore
import Postgres
import Telemetry
import Terminal

/// `twilio-sync migrate`.
struct Migrate {
  let service: Service

  func run(json: Bool) async -> ExitStatus {
    let signals = Signals()
    let status = await withTaskGroup(of: ExitStatus?.self) { group in
      group.addTask { await work(json: json) }
      group.addTask { await signals.next() }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    await service.pool.close()
    return status ?? .failed
  }

  private func work(json: Bool) async -> ExitStatus {
    do throws(StoreError) {
      let applied = try await service.migrator.run()
      if json {
        let versions = applied.map { AnswerValue.number(Int64($0)) }
        Output.out(
          RunAnswer([AnswerField("success", .bool(true)), AnswerField("applied", .list(versions))]).json
            + "\n")
      } else if service.configuration.logFormat == .json {
        MigrationReport.reportEnd(steps: applied.count, to: service.logger)
      } else {
        Output.out(
          "✅ El esquema está al día (\(applied.isEmpty ? "nada que hacer" : "\(applied.count) pasos"))\n")
      }
      return .done
    } catch {
      if json {
        Output.out(RunFailure(.database, error.sentence).answer.json + "\n")
      } else if service.configuration.logFormat == .json {
        MigrationReport.reportFailure(error, to: service.logger)
      } else {
        Output.error("❌ La migración falló: \(error.sentence)\n")
      }
      return .failed
    }
  }
}
