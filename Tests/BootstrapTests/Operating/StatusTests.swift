import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("How the real program says that it stands", .timeLimit(.minutes(5)))
struct StatusTests {
  @Test("After a run it is healthy, and says how far the log is taken in")
  func healthy() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let service = try await installation.serve()
      let run = try await service.sync()
      let answer = try await service.ask("GET", "/api/sync-status")
      #expect(answer.status == 200 && answer.body.hasPrefix(#"{"healthy":true,"#))
      #expect(answer.text("coveredUntil") == run.text("synced_at"))
      #expect(answer.integer("callsLastDay") == 3)
      #expect(try await service.askOpenly("GET", "/api/sync-status").status == 401)
    }
  }

  @Test("A browser that sends the secret as password of Basic sees the page with the calls on it")
  func page() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let service = try await installation.serve()
      #expect(try await service.askOpenly("GET", "/").status == 401)
      let empty = try await service.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(empty.status == 200 && empty.body.contains("Espera su primera ejecución"))
      #expect(try await service.sync().status == 200)
      let page = try await service.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(page.header("Content-Type") == "text/html; charset=utf-8")
      #expect(page.body.contains("Todo en orden") && page.body.contains("3 llamadas"))
      let lost = try await installation.serve(changes: ["DATABASE_URL": "postgresql://127.0.0.1:1/base"])
      let away = try await lost.askOpenly("GET", "/", headers: [AuthorizationTests.basic])
      #expect(away.status == 503 && away.body.contains("No se puede ver el estado"))
    }
  }

  @Test("What fires in the database is told by the route, by doctor and in the log")
  func firing() async throws {
    try await withInstallation { installation in
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'")
      let service = try await installation.serve()
      _ = try await service.program.line(containing: "⚠️ Alerta no_run")
      let answer = try await service.ask("GET", "/api/sync-status")
      #expect(answer.body.hasPrefix(#"{"healthy":false,"#))
      #expect(answer.body.contains(#"{"name":"no_run","firing":true,"since":"20"#))
      let doctor = try await installation.run("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("❌ alerta no_run: "))
      let hours = try await installation.run(
        "doctor", changes: ["ALERT_NO_RUN_HOURS": "4", "ALERT_NO_CALLS_HOURS": "4"])
      #expect(hours.output.contains("✅ alerta no_run: ") && hours.output.contains("✅ alerta no_calls: "))
    }
  }
}
