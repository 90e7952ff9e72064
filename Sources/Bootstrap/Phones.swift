import CallDomain
import Postgres
import Telemetry
import Terminal

/// `twilio-sync phones`: the directory of numbers.
struct Phones {
  let service: Service

  func run(json: Bool) async -> ExitStatus {
    let status = await answer(json: json)
    await service.pool.close()
    return status
  }

  private func answer(json: Bool) async -> ExitStatus {
    do throws(RunFailure) {
      let phones = try await service.phones()
      guard !json else { return await Output.result(phones.answer.json + "\n") }
      // Names and numbers are as others wrote them.
      let lines = PhonesReport(phones).lines.map { LogLine.onOneLine($0) }
      return await Output.result(lines.joined(separator: "\n") + "\n")
    } catch {
      return await Output.failure(error, as: "phones_failed", json: json)
    }
  }
}
