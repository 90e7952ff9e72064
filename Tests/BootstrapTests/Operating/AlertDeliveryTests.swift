import Foundation
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("Every alert is told, whoever dies", .timeLimit(.minutes(5)))
struct AlertDeliveryTests {
  private static let path = "/hooks/secreto-de-chat-44ab1"
  private static let silence = "UPDATE schema_migrations SET applied_at = now() - INTERVAL '3 hours'"

  private func changes(_ listener: RawServer, _ others: [String: String?] = [:]) -> [String: String?] {
    ["ALERT_WEBHOOK_URL": listener.url + Self.path, "ALERT_NO_CALLS_HOURS": "8000"].merging(others) { $1 }
  }

  private func makeListener(_ status: String = "200 OK") throws -> RawServer {
    try RawServer { _, connection in connection.write(status: status) }
  }

  private func messages(_ listener: RawServer) -> [String] {
    listener.requests.compactMap { request in
      request.firstMatch(of: /"alert":"(\w+)","firing":(true|false)/).map { "\($0.1) \($0.2)" }
    }
  }

  @Test("A server that is killed between noting an alert and telling it leaves the telling to the next")
  func killedBeforeTelling() async throws {
    try await withInstallation { installation in
      let listener = try makeListener()
      try await installation.sql(Self.silence)
      // Whoever sets out to tell waits here.
      try await installation.sql(
        """
        CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(600); RETURN NEW; END'
        """)
      try await installation.sql(
        "CREATE TRIGGER hold BEFORE UPDATE OF claim ON sync_alerts FOR EACH ROW EXECUTE FUNCTION hold()")
      let first = try await installation.serve(changes: changes(listener))
      _ = try await first.program.line(containing: "⚠️ Alerta no_run")
      let held = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
      try await eventually("it sets out to tell") {
        try await installation.value("SELECT count(*) \(held)") == "1"
      }
      first.program.send(SIGKILL)
      try await first.program.exitStatus()
      try await installation.sql("SELECT pg_terminate_backend(pid) \(held)")
      try await installation.sql("DROP TRIGGER hold ON sync_alerts")
      #expect(listener.requests.isEmpty)
      let second = try await installation.serve(changes: changes(listener))
      try await eventually("the next tells it") { !listener.requests.isEmpty }
      #expect(try await second.end() == 0)
      #expect(messages(listener) == ["no_run true"])
      #expect(!second.program.output.contains("Alerta no_run"))
    }
  }

  @Test("A server that is killed while it tells loses the telling after a while, and the next tells again")
  func killedWhileTelling() async throws {
    try await withInstallation { installation in
      // It takes the message and never answers.
      let silent = try RawServer { _, connection in connection.waitForClose() }
      let listener = try makeListener()
      try await installation.sql(Self.silence)
      let first = try await installation.serve(changes: changes(silent))
      try await eventually("it tells") { !silent.requests.isEmpty }
      first.program.send(SIGKILL)
      try await first.program.exitStatus()
      let claimed = "SELECT (claimed_until > now())::text FROM sync_alerts WHERE name = 'no_run'"
      #expect(try await installation.value(claimed) == "true")
      // The while passes.
      try await installation.sql("UPDATE sync_alerts SET claimed_until = now()")
      let second = try await installation.serve(changes: changes(listener))
      try await eventually("the next tells it") { !listener.requests.isEmpty }
      #expect(try await second.end() == 0)
      #expect(messages(silent) == ["no_run true"] && messages(listener) == ["no_run true"])
    }
  }

  @Test("A command without a webhook, run by hand beside the server, takes no message away")
  func commandBeside() async throws {
    try await withInstallation { installation in
      let listener = try makeListener()
      try await installation.sql(Self.silence)
      let service = try await installation.serve(changes: changes(listener))
      try await eventually("the server looks") { listener.requests.count == 1 }
      #expect(try await service.sync().status == 200)
      try await eventually("the server tells the end") { listener.requests.count == 2 }
      var heard = ["no_run true", "no_run false"]
      var output = ""
      for (isFiring, statement) in [
        (
          true,
          """
          INSERT INTO calls (id, source, workspace_id, call_date)
          SELECT 'CA' || n, 'twilio', 1, now() FROM generate_series(1, 25) n
          """
        ), (false, "DELETE FROM calls"),
      ] {
        try await installation.sql(statement)
        let command = try await installation.run(
          "reattribute", changes: ["ALERT_WEBHOOK_URL": nil, "ALERT_NO_CALLS_HOURS": "8000"])
        #expect(command.status == 0)
        output += command.output
        #expect(try await service.sync().status == 200)
        heard.append("default_workspace \(isFiring)")
        try await eventually("the server tells it") { listener.requests.count == heard.count }
      }
      #expect(try await service.end() == 0)
      #expect(messages(listener) == heard)
      // Whichever of the two saw it first.
      output += service.program.output
      #expect(output.components(separatedBy: "Alerta default_workspace: ").count == 2)
      #expect(output.components(separatedBy: "Alerta default_workspace resuelta").count == 2)
    }
  }

  @Test("A command leaves what nobody takes, refuses or answers to the next process, without waiting long")
  func commandsLeave() async throws {
    try await withInstallation { installation in
      let settings = ["ALERT_NO_CALLS_HOURS": nil] as [String: String?]
      try await installation.sql(Self.silence)
      let closed = try makeListener("404 Not Found")
      let refused = try await installation.run("hourly", changes: changes(closed, settings))
      #expect(refused.status == 0 && refused.output.contains("(respondió 404); el aviso queda pendiente"))
      let silent = try RawServer { _, connection in connection.waitForClose() }
      let unanswered = try await installation.run("hourly", changes: changes(silent, settings))
      #expect(unanswered.status == 0 && unanswered.output.contains("(no respondió a tiempo); el aviso"))
      let listener = try makeListener()
      let told = try await installation.run("reattribute", changes: changes(listener, settings))
      #expect(told.status == 0 && !told.output.contains("No se pudo avisar"))
      #expect(try await installation.run("hourly", changes: changes(listener, settings)).status == 0)
      for heard in [closed, silent, listener] { #expect(messages(heard) == ["no_calls true"]) }
    }
  }

  @Test("Quiet times that begin and end around an alert change nothing of it")
  func quietTimes() async throws {
    try await withInstallation { installation in
      let listener = try makeListener()
      let loud = changes(listener, ["ALERT_NO_CALLS_HOURS": nil])
      let quiet = loud.merging(["ALERT_QUIET_TIMES": Self.quietTimes(around: Date())]) { $1 }
      try await installation.sql("UPDATE schema_migrations SET applied_at = now() - INTERVAL '9 hours'")
      var output = ""
      for settings in [quiet, loud, quiet, loud] {
        let ended = try await installation.run("hourly", changes: settings)
        #expect(ended.status == 0)
        output += ended.output
        #expect(messages(listener) == (output.contains("Alerta no_calls") ? ["no_calls true"] : []))
      }
      #expect(output.components(separatedBy: "Alerta no_calls").count == 2)
      installation.simulation.put(TestCalls.settled(1, now: installation.simulation.now))
      let end = try await installation.run("hourly", changes: quiet)
      #expect(end.output.contains("✅ Alerta no_calls resuelta"))
      #expect(messages(listener) == ["no_calls true", "no_calls false"])
    }
  }

  /// From an hour before to an hour after, in UTC.
  private static func quietTimes(around date: Date) -> String {
    func text(_ hours: Int) -> String {
      let minute = (Int(date.timeIntervalSince1970) / 60 + hours * 60) % 1440
      return "\(minute / 600)\(minute / 60 % 10):\(minute % 60 / 10)\(minute % 10)"
    }
    return "\(text(-1))-\(text(1))"
  }
}
