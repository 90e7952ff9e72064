import CallDomain
import CallStore
import TestSupport
import Testing

@Suite("Types of an adopted database that refuse calls", .keepsFailedDatabases)
struct TableFitTests {
  @Test("Tables that migrate has made, and those of the older system, take every call")
  func fits() async throws {
    try await withStore { fixture in
      let inspection = try await fixture.store.inspect()
      #expect(inspection.misfits.isEmpty && inspection.encoding == "UTF8")
      #expect(inspection.findings(now: at("12:00")).filter { $0.check == "columnas" }.map(\.level) == [.ok])
    }
    try await PostgresCluster.shared().withDatabase { database in
      try await OlderDatabase.make(on: database.pool())
      let events = Events()
      _ = try await makeMigrator(database.pool(), onEvent: events.append).run()
      #expect(!events.all.contains { if case .misfit = $0 { true } else { false } })
    }
  }

  @Test(
    "A column of another type is named with the statement that mends it, by migrate and by doctor",
    arguments: [
      ("calls", "phone_from", "varchar(16)", "text"), ("calls", "duration", "smallint", "integer"),
      ("calls", "status", "word", "text"), ("calls", "direction", "char(20)", "text"),
      ("workspace_phones", "phone_number", "varchar(16)", "text"),
    ])
  func misfit(table: String, column: String, type: String, wanted: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run("CREATE TYPE word AS ENUM ('completed', 'busy')")
      try await fixture.pool.run(
        "ALTER TABLE \(table) ALTER \(column) TYPE \(type) USING \(column)::text::\(type)")
      let events = Events()
      _ = try await makeMigrator(fixture.pool, onEvent: events.append).run()
      let inspection = try await fixture.store.inspect()
      let misfit = try #require(inspection.misfits.first)
      #expect(inspection.misfits.count == 1 && misfit.column == "\(table).\(column)")
      #expect(events.all.contains(.misfit(misfit)))
      #expect(misfit.remedy == "ALTER TABLE \(table) ALTER COLUMN \(column) TYPE \(wanted);")
      try await fixture.pool.run(misfit.remedy)
      #expect(try await fixture.store.inspect().misfits.isEmpty)
    }
  }
}
