import CallDomain
import Postgres
import Telemetry
import Terminal

/// `twilio-sync phones` and `explain CA…`: one look at what is stored, then the end.
struct ReadCommand {
  let service: Service
  let json: Bool

  /// The directory of numbers.
  func phones() async -> ExitStatus {
    await run("phones_failed") { () throws(RunFailure) in
      let phones = try await service.phones()
      return (phones.answer, PhonesReport(phones).lines)
    }
  }

  /// Why a stored call belongs to its workspace.
  func explain(_ sid: CallSID) async -> ExitStatus {
    await run("explain_failed") { () throws(RunFailure) in
      guard let explanation = try await service.explanation(of: sid) else {
        throw .notStored(sid, setAsideFor: try await service.refusal(of: sid))
      }
      return (explanation.wholeAnswer, ExplanationReport(explanation).lines)
    }
  }

  private func run(
    _ event: String, _ look: () async throws(RunFailure) -> (answer: AnswerValue, lines: [String])
  ) async -> ExitStatus {
    let status: ExitStatus
    do throws(RunFailure) {
      let (answer, lines) = try await look()
      // Names and numbers are as others wrote them.
      let text = json ? answer.json : lines.map { LogLine.onOneLine($0) }.joined(separator: "\n")
      status = await Output.result(text + "\n")
    } catch {
      status = await Output.failure(error, as: event, json: json)
    }
    await service.pool.close()
    return status
  }
}
