import CallStore
import TestSupport
import Testing
import TwilioSimulator

@Suite("Names in the database that would forge a line or turn it round", .timeLimit(.minutes(5)))
struct ForgedNamesTests {
  private static let name = "x\n✅ todo: bien\r\u{1B}[2J\u{202E}neib"

  /// Holds an output to its lines: the name is shown, on one line, and does nothing to a terminal.
  private func expectCleaned(_ text: String, shows: Bool = true) {
    #expect(text.contains("✅ todo: bien") == shows, "\(text)")
    #expect(!text.contains("\n✅ todo") && !text.contains("\r"), "\(text)")
    #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"), "\(text)")
  }

  @Test("Constraint and column that are no plain names are not named by runs, and not by doctor")
  func constraint() async throws {
    try await withInstallation { installation in
      let now = installation.simulation.now
      installation.simulation.put(TestCalls.settled(2, now: now))
      try await installation.sql("ALTER TABLE workspace_phones ADD \"\(Self.name)\" TEXT NOT NULL")
      try await installation.sql(
        "ALTER TABLE calls ADD CONSTRAINT \"\(Self.name)\" CHECK (phone_to <> '\(TestCalls.lead(1))')")
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 200 && answer.integer("refusedCalls") == 1, "\(answer.body)")
      for part in ["no admite el número", "rechaza la llamada"] {
        expectCleaned(try await service.program.line(containing: part), shows: false)
      }
      expectCleaned(try await service.ask("GET", "/api/sync-status").body, shows: false)
      expectCleaned(try await installation.run("doctor").output, shows: false)
    }
  }

  @Test("A type is cleaned by migrate, doctor, a run and its answer")
  func type() async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.settled(2, now: installation.simulation.now))
      try await installation.sql(Migrator.dropViews)
      try await installation.sql("CREATE TYPE \"\(Self.name)\" AS ENUM ('busy')")
      try await installation.sql(
        "ALTER TABLE calls ALTER status TYPE \"\(Self.name)\" USING status::text::\"\(Self.name)\"")
      let address = TestCluster.url(installation.cluster, installation.database.name, role: TestCluster.owner)
      let migration = try await installation.run("migrate", changes: ["DATABASE_URL": address])
      #expect(migration.status == 0)
      expectCleaned(migration.output)
      expectCleaned(try await installation.run("doctor").output)
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 500)
      #expect(answer.text("error")?.contains("calls.status") == true && !answer.body.contains("\u{1B}"))
      expectCleaned(try await service.program.line(containing: "La columna calls.status"))
      expectCleaned(service.program.output)
    }
  }

  @Test("A schema is cleaned by migrate, doctor and a run, and /ready keeps it to itself")
  func schema() async throws {
    try await withInstallation { installation in
      try await installation.sql("CREATE SCHEMA \"\(Self.name)\"")
      try await installation.sql("GRANT USAGE ON SCHEMA \"\(Self.name)\" TO PUBLIC")
      for table in ["schema_migrations", "calls"] {
        try await installation.sql(
          "CREATE TABLE \"\(Self.name)\".\(table) (LIKE public.\(table) INCLUDING ALL)")
      }
      for command in ["migrate", "hourly", "doctor"] {
        let ended = try await installation.run(command)
        #expect(ended.status == 1)
        expectCleaned(ended.output + ended.errors)
      }
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 503 && !answer.body.contains("\u{1B}"), "\(answer.body)")
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.text("schema") == "unclear")
      expectCleaned(ready.body, shows: false)
    }
  }
}
