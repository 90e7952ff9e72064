import CSystem
import CallDomain
import Telemetry
import Terminal

/// `twilio-sync doctor`: what is right, what is not and what to do about it, with as much of the installation
/// as works.
struct Doctor {
  let environment: [String: String]

  func run(json: Bool) async -> ExitStatus {
    let report = DoctorReport(await findings())
    let text = json ? report.answer.json : report.lines(paint: paint).joined(separator: "\n")
    return await Output.result(text + "\n", report.exitStatus)
  }

  private var paint: Paint {
    Paint(isTerminal: csystem_terminal_columns(Self.standardOutput) >= 0, environment: environment)
  }

  private static let standardOutput: Int32 = 1

  /// Configuration first, because the rest goes by it; then Twilio and the database side by side.
  func findings() async -> [Finding] {
    let settings = SettingsCheck(environment: environment)
    async let twilio = TwilioCheck(settings.twilio).findings()
    async let database = DatabaseCheck(settings.database).findings()
    let redaction = Redaction(secrets: settings.secrets)
    return await (settings.findings + twilio + database).map { finding in
      var finding = finding
      finding.cause = finding.cause.map { redaction.applied(to: PhoneMask.applied(to: $0)) }
      return finding
    }
  }
}
