import CallDomain
import Foundation
import Terminal
import Testing

struct DoctorReportTests {
  private let findings = [
    Finding(.ok, check: "Twilio", detail: "las credenciales valen"),
    Finding(
      .warning, check: "base de datos", detail: "la conexión va sin TLS",
      whatToDo: "añada sslmode=require a DATABASE_URL"),
    Finding(.fault, check: "esquema", detail: "es antiguo", whatToDo: "ejecute «twilio-sync migrate»"),
  ]

  @Test("Each check is one line: what it found and what to do")
  func lines() {
    #expect(
      DoctorReport(findings).lines() == [
        "✅ Twilio: las credenciales valen",
        "⚠️ base de datos: la conexión va sin TLS → añada sslmode=require a DATABASE_URL",
        "❌ esquema: es antiguo → ejecute «twilio-sync migrate»",
        "",
        "3 comprobaciones: 1 problema, 1 aviso",
      ])
  }

  @Test("On a terminal the check's name has the colour of what was found")
  func colours() {
    #expect(
      DoctorReport(findings).lines(paint: .colours).prefix(3).map { $0.prefix { $0 != ":" } } == [
        "✅ \u{1B}[32mTwilio\u{1B}[0m", "⚠️ \u{1B}[33mbase de datos\u{1B}[0m",
        "❌ \u{1B}[31mesquema\u{1B}[0m",
      ])
  }

  @Test("Healthy is when no alert fires; the state is that of the worst, and anything but ok is exit 1")
  func state() {
    let attention = Finding(.fault, check: "huecos", detail: "hay", state: .attention)
    let alert = Finding(.fault, check: "alerta", detail: "salta", state: .attention, topic: .alert)
    for (more, isHealthy, state) in [
      ([], true, "ok"), ([attention], true, "attention"), ([alert], false, "attention"),
      ([findings[2]], false, "broken"), ([attention, findings[2], alert], false, "broken"),
    ] {
      let report = DoctorReport(findings.prefix(2) + more)
      #expect(report.answer.json.hasPrefix("{\"healthy\":\(isHealthy),"), "\(more)")
      #expect(report.answer.json.hasSuffix("\"state\":\"\(state)\"}"), "\(more)")
      #expect(report.exitStatus == (state == "ok" ? .done : .failed))
    }
  }

  @Test("Only a fault needs a person")
  func exitStatus() {
    #expect(DoctorReport(findings).exitStatus == .failed)
    #expect(DoctorReport(Array(findings.prefix(2))).exitStatus == .done)
    #expect(DoctorReport([]).exitStatus == .done)
  }

  @Test("The answer lists the findings")
  func json() throws {
    let json = DoctorReport(Array(findings.suffix(1))).answer.json
    #expect(
      json == """
        {"healthy":false,"findings":[{"level":"fault","check":"esquema","detail":"es antiguo",\
        "whatToDo":"ejecute «twilio-sync migrate»"}],"state":"broken"}
        """)
    _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
  }
}
