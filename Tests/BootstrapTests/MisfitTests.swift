import CallStore
import TestSupport
import Testing
import TwilioSimulator

@Suite(
  "A database whose characters or types are not ours, through the whole program", .timeLimit(.minutes(5)))
struct MisfitTests {
  /// Runs `migrate` as the tables' owner.
  private func migrate(_ installation: Installation) async throws -> Programs.Ended {
    let address = TestCluster.url(installation.cluster, installation.database.name, role: TestCluster.owner)
    return try await installation.run("migrate", changes: ["DATABASE_URL": address])
  }

  @Test("In LATIN1 migrate and doctor warn, a caller that it cannot hold is set aside, the rest is stored")
  func latin() async throws {
    try await withInstallation(template: TestCluster.latin) { installation in
      let migration = try await migrate(installation)
      #expect(migration.status == 0)
      #expect(migration.output.contains("⚠️ La base de datos está en LATIN1: rechaza"), "\(migration.output)")
      try await TestCluster.permitService(installation.database.conninfo)

      var calls = TestCalls.settled(6, now: installation.simulation.now)
      calls[2].from = "client:李"
      installation.simulation.put(calls)
      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 200, "\(answer.body)")
      #expect(answer.integer("totalCalls") == 6 && answer.integer("savedCalls") == 5)
      #expect(answer.integer("refusedCalls") == 1)
      let warning = try await service.program.line(containing: "rechaza la llamada \(calls[2].sid)")
      #expect(warning.hasPrefix("⚠️ ") && warning.contains("22P05"), "\(warning)")
      #expect(try await installation.storedCalls() == 5)
      #expect(try await installation.column("SELECT call_id FROM refused_calls") == [calls[2].sid])

      let doctor = try await installation.run("doctor")
      #expect(doctor.status == 1, "\(doctor.output)")
      #expect(doctor.output.contains("⚠️ caracteres: La base de datos está en LATIN1: rechaza los nombres"))
      #expect(doctor.output.contains("❌ llamadas rechazadas: 1 llamada está aparte en refused_calls"))
    }
  }

  @Test("An enum is named by migrate, doctor and a run, with the statement after which the run succeeds")
  func enumeration() async throws {
    try await withInstallation { installation in
      try await installation.sql(Migrator.dropViews)
      try await installation.sql("CREATE TYPE estado AS ENUM ('busy', 'canceled')")
      try await installation.sql("ALTER TABLE calls ALTER status TYPE estado USING status::text::estado")
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let remedy = Migrator.dropViews + " ALTER TABLE calls ALTER COLUMN status TYPE text;"
      let migration = try await migrate(installation)
      #expect(migration.status == 0)
      #expect(
        migration.output.contains("⚠️ La columna calls.status es estado y rechaza")
          && migration.output.contains(remedy), "\(migration.output)")

      let service = try await installation.serve()
      let answer = try await service.sync()
      #expect(answer.status == 500)
      let error = answer.text("error") ?? ""
      #expect(
        error.hasPrefix("La columna calls.status es estado") && error.contains("«\(remedy)»"), "\(error)")
      #expect(try await !installation.coverageHasMoved())
      let doctor = try await installation.run("doctor")
      #expect(doctor.output.contains("⚠️ columnas: ") && doctor.output.contains(remedy), "\(doctor.output)")

      for statement in remedy.split(separator: ";") { try await installation.sql(String(statement)) }
      let mended = try await service.sync()
      #expect(mended.status == 200 && mended.integer("savedCalls") == 3, "\(mended.body)")
    }
  }
}
