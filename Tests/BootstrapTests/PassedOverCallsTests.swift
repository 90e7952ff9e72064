import TestSupport
import Testing
import TwilioSimulator

@Suite("Calls that the tables do not take, through the whole program", .timeLimit(.minutes(5)))
struct PassedOverCallsTests {
  @Test("Calls that a trigger skips are not saved, and a warning says so once a run")
  func skipped() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(20, now: installation.simulation.now))
      try await installation.sql(
        """
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.phone_to LIKE '%3' THEN RETURN NULL; END IF; RETURN new;
        END $$
        """)
      try await installation.sql(
        "CREATE TRIGGER skip BEFORE INSERT OR UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION skip()")
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
}
