import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("Calls that the tables do not take, through the whole program", .timeLimit(.minutes(5)))
struct PassedOverCallsTests {
  @Test("Calls that a trigger skips are not saved, and a warning says so once a run")
  func skipped() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(20, now: installation.simulation.now))
      try await installation.skipCalls(to: "%3")
      for command in ["hourly", "hourly", "historical"] {
        let run = try await installation.run(command, "--json")
        #expect(run.status == 0, "\(run.errors)")
        let result = JSONText(run.output)
        #expect(result.integer("totalCalls") == 20 && result.integer("case1Count") == 20)
        #expect(result.integer("savedCalls") == 18)
        let warnings = run.errors.split(separator: "\n").filter { $0.contains("guardadas aunque") }
        #expect(
          warnings == [
            "⚠️ 2 llamadas no quedaron guardadas aunque la base de datos no dio ningún error: revise los disparadores (triggers) de calls"
          ])
        #expect(
          try await installation.value("SELECT saved_calls FROM sync_runs ORDER BY id DESC LIMIT 1") == "18")
      }
      #expect(try await installation.storedCalls() == 18)
    }
  }

  @Test("A resync that goes on counts what a trigger skipped before it was cut off, and not as saved")
  func skippedBefore() async throws {
    try await withInstallation { installation in
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(1100, now: now.adding(hours: -6)))
      try await installation.skipCalls(to: "%3")
      try installation.simulation.setFaults("next/*:401")
      let arguments = [
        "--since", now.adding(hours: -12).iso8601, "--until", now.adding(hours: -1).iso8601,
      ]
      #expect(try await installation.resync(arguments).status == 1)
      #expect(try await installation.storedCalls() == 900)
      try installation.simulation.setFaults("")
      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == 1100 && run.result.integer("savedCalls") == 990)
      #expect(try await installation.storedCalls() == 990)
    }
  }

  @Test("A call that was set aside is stored by an hourly run once it has rested and the table takes it")
  func takenLater() async throws {
    try await withInstallation { installation in
      // Too long ago for the window, so that it is asked for alone.
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(3, now: now.adding(hours: -6)))
      try await installation.sql(
        "ALTER TABLE calls ADD CONSTRAINT nobody CHECK (phone_to <> '\(TestCalls.lead(1))')")
      let resync = try await installation.resync(["--since", now.adding(hours: -12).iso8601])
      #expect(resync.status == 0, "\(resync.errors)")
      #expect(resync.result.integer("savedCalls") == 2 && resync.result.integer("refusedCalls") == 1)
      let warning =
        "⚠️ La base de datos rechaza la llamada \(TestCalls.sid(1)) (valor no permitido, SQLSTATE 23514, nobody); "
        + "queda aparte en refused_calls y se vuelve a probar. Corrija la tabla y ejecute «twilio-sync hourly»"
      #expect(resync.errors.split(separator: "\n").contains { $0 == warning }, "\(resync.errors)")

      // It rests for an hour, then it is tried in vain, then it rests for two.
      let asked = "/Calls/\(TestCalls.sid(1)).json"
      func hourly() async throws -> (result: JSONText, asked: Int) {
        let run = try await installation.run("hourly", "--json")
        #expect(run.status == 0, "\(run.errors)")
        return (JSONText(run.output), installation.simulation.requests.count { $0.target.contains(asked) })
      }
      let rest = "UPDATE refused_calls SET last_tried_at = last_tried_at - interval '61 minutes'"
      #expect(try await hourly().asked == 0)
      try await installation.sql(rest)
      #expect(try await hourly().asked == 1)
      #expect(try await installation.value("SELECT tries FROM refused_calls") == "2")
      try await installation.sql(rest)
      #expect(try await hourly().asked == 1)

      try await installation.sql("ALTER TABLE calls DROP CONSTRAINT nobody")
      try await installation.sql(rest)
      let last = try await hourly()
      #expect(last.asked == 2 && last.result.integer("refreshedCalls") == 1)
      #expect(last.result.integer("refusedCalls") == 0)
      #expect(try await installation.storedCalls() == 3)
      #expect(try await installation.value("SELECT count(*) FROM refused_calls") == "0")
    }
  }

  @Test("A column of the directory that must be there keeps no call out, and the warning names it")
  func unlistedNumbers() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(2, now: installation.simulation.now))
      try await installation.sql("DELETE FROM workspace_phones")
      try await installation.sql("ALTER TABLE workspace_phones ADD label TEXT NOT NULL")
      let run = try await installation.run("hourly", "--json")
      #expect(run.status == 0, "\(run.errors)")
      let result = JSONText(run.output)
      #expect(result.integer("savedCalls") == 2 && result.integer("createdPhones") == 0)
      #expect(try await installation.column("SELECT DISTINCT workspace_id::text FROM calls") == ["1"])
      let warnings = run.errors.split(separator: "\n").filter { $0.contains("no admite el número") }
      #expect(
        warnings.allSatisfy {
          $0.hasSuffix(
            "(falta un valor obligatorio, SQLSTATE 23502, label): sus llamadas se guardan en el workspace por defecto. Corrija la tabla o añada el número"
          )
        } && warnings.count == 2, "\(run.errors)")
    }
  }
}

extension Installation {
  /// Has a trigger skip the calls to such numbers, without a word.
  fileprivate func skipCalls(to pattern: String) async throws {
    try await sql(
      """
      CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF new.phone_to LIKE '\(pattern)' THEN RETURN NULL; END IF; RETURN new;
      END $$
      """)
    try await sql(
      "CREATE TRIGGER skip BEFORE INSERT OR UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION skip()")
  }
}
