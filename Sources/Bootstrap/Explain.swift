import CallDomain
import Postgres
import Telemetry
import Terminal

/// `twilio-sync explain CA…`: why a stored call belongs to its workspace.
struct Explain {
  let service: Service
  let sid: CallSID

  func run(json: Bool) async -> ExitStatus {
    let status = await answer(json: json)
    await service.pool.close()
    return status
  }

  private func answer(json: Bool) async -> ExitStatus {
    do throws(RunFailure) {
      guard let explanation = try await service.explanation(of: sid) else {
        return await tell(.notStored(sid, setAsideFor: try await service.refusal(of: sid)), json: json)
      }
      guard !json else {
        return await Output.result(explanation.wholeAnswer.json + "\n")
      }
      // Names and numbers are as others wrote them.
      let lines = ExplanationReport(explanation).lines.map { LogLine.onOneLine($0) }
      return await Output.result(lines.joined(separator: "\n") + "\n")
    } catch {
      return await tell(error, json: json)
    }
  }

  private func tell(_ failure: RunFailure, json: Bool) async -> ExitStatus {
    await Output.failure(failure, as: "explain_failed", json: json)
  }
}
