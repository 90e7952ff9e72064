import CallDomain
import Curl
import SyncEngine
import TwilioClient

/// Whether Twilio lets us read the log, and whether its clock is ours.
struct TwilioCheck {
  private let configuration: Configuration?

  init(_ configuration: Configuration?) {
    self.configuration = configuration
  }

  func findings() async -> [Finding] {
    guard let twilio = configuration?.twilio else {
      return [
        Finding(
          .fault, check: "Twilio", detail: "No se ha preguntado, porque falta su configuración.",
          whatToDo: "Corrija lo que dice «configuración».")
      ]
    }
    let log = TwilioCallLog(
      http: CurlClient(maxHandles: 1), credentials: twilio.credentials, host: twilio.host, pageSize: 1,
      timeouts: CurlTimeouts(connect: .seconds(5), total: .seconds(15), stall: .seconds(15)),
      userAgent: "twilio-sync/\(Version.text)")
    do throws(RunFailure) {
      let page = try await log.list(CallQuery(startedFrom: Clocks.now().adding(hours: -1)))
      return [
        Finding(
          .ok, check: "Twilio", detail: "Las credenciales valen y el registro de llamadas se puede leer.")
      ] + Self.clock(page.serverTime, now: Clocks.now())
    } catch {
      return [Finding(error, check: "Twilio")]
    }
  }

  private static func clock(_ serverTime: Timestamp?, now: Timestamp) -> [Finding] {
    guard let serverTime else { return [] }
    let seconds = Int(now.milliseconds(since: serverTime) / 1000)
    guard abs(seconds) > ClockLimits.warning else {
      return [Finding(.ok, check: "reloj", detail: "Va con el de Twilio.")]
    }
    let isFault = abs(seconds) > ClockLimits.failure
    return [
      Finding(
        isFault ? .fault : .warning, check: "reloj",
        detail: "Difiere \(abs(seconds)) segundos del de Twilio"
          + (isFault ? "; así ninguna ejecución puede empezar." : "."),
        whatToDo: "Ponga en hora este equipo (NTP).")
    ]
  }
}
