import CallDomain
import CallStore
import Postgres
import Synchronization
import Telemetry
import Terminal

/// `twilio-sync migrate`.
struct Migrate {
  let service: Service
  let signals: Signals

  private enum End {
    case migrated(Result<[Int], RunFailure>)
    case signal(ExitStatus?)
  }

  func run(json: Bool) async -> ExitStatus {
    signals.expect()
    let end = await withTaskGroup(of: End.self) { group in
      group.addTask { .migrated(await migrate()) }
      group.addTask { .signal(await signals.first()) }
      defer { group.cancelAll() }
      return await group.next()
    }
    await service.pool.close()
    switch end {
    case .migrated(let result): return await tell(result, json: json)
    case .signal(let status): return status ?? .failed
    case nil: return .failed
    }
  }

  private func migrate() async -> Result<[Int], RunFailure> {
    do throws(RunFailure) {
      return .success(try await service.migrator.run())
    } catch {
      return .failure(error)
    }
  }

  private func tell(_ result: Result<[Int], RunFailure>, json: Bool) async -> ExitStatus {
    switch result {
    case .success(let applied):
      if json {
        let versions = applied.map { AnswerValue.number(Int64($0)) }
        return await Output.result(
          RunAnswer([AnswerField("success", .bool(true)), AnswerField("applied", .list(versions))]).json
            + "\n")
      } else if service.configuration.logFormat == .json {
        MigrationReport.reportEnd(steps: applied.count, to: service.logger)
        return .done
      }
      return await Output.result(
        "✅ El esquema está al día (\(applied.isEmpty ? "nada que hacer" : "\(applied.count) pasos"))\n")
    case .failure(let error):
      if json {
        MigrationReport.reportFailure(error, to: service.logger)
        return await Output.result(error.answer.json + "\n", .failed)
      }
      let isForMachines = service.configuration.logFormat == .json
      MigrationReport.reportFailure(
        error, to: isForMachines ? service.logger : service.logger.writing(to: Output.error))
      return .failed
    }
  }
}

/// Keeps runs out while the schema is being migrated at the start.
final class MigrationGate: Sendable {
  private let migrating: Mutex<Bool>

  init(isMigrating: Bool) {
    migrating = Mutex(isMigrating)
  }

  var isMigrating: Bool { migrating.withLock { $0 } }

  func open() {
    migrating.withLock { $0 = false }
  }
}
