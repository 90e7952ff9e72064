import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("What operators read when the database fails", .keepsFailedDatabases)
struct StoreErrorTests {
  private func fault(_ conninfo: String) async -> StoreError? {
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    defer { Task { await pool.close(grace: .zero) } }
    do throws(StoreError) {
      try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).check()
      return nil
    } catch { return error }
  }

  /// Spanish, with something to do, and with nothing of the installation in it.
  private func expectFitForOutsiders(
    _ error: StoreError?, hiding secrets: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let sentence = error?.sentence ?? ""
    #expect(sentence.contains("La base de datos") || sentence.contains("la base de datos"))
    #expect(sentence.hasSuffix("."))
    for secret in secrets + ["pgt-", "password", "ERROR", "FATAL"] {
      #expect(!sentence.contains(secret), sourceLocation: sourceLocation)
    }
  }

  @Test("A server that is not there")
  func unreachable() async throws {
    let error = await fault(
      "host=127.0.0.1 port=1 user=ana password=geheim-1234 dbname=customers connect_timeout=5")
    #expect(error?.kind == .unreachable)
    expectFitForOutsiders(error, hiding: "127.0.0.1", "ana", "geheim-1234", "customers")
  }

  @Test("A host that does not exist")
  func unknownHost() async throws {
    let error = await fault("postgresql://ana:geheim-1234@db.customer.invalid/customers?connect_timeout=5")
    #expect(error?.kind == .unreachable)
    expectFitForOutsiders(error, hiding: "customer", "ana", "geheim-1234")
  }

  @Test("A database that does not exist")
  func missingDatabase() async throws {
    let cluster = try await PostgresCluster.shared()
    let error = await fault(cluster.conninfo(database: "customers"))
    #expect(error?.kind == .unreachable)
    expectFitForOutsiders(error, hiding: "customers", "postgres")
    #expect(error?.sentence.contains("no existe") == true)
  }

  @Test("A role that does not exist")
  func missingRole() async throws {
    let cluster = try await PostgresCluster.shared()
    let error = await fault(cluster.conninfo(user: "ana"))
    #expect(error?.kind == .unreachable)
    expectFitForOutsiders(error, hiding: "ana", "\"")
  }

  @Test("A connection string that cannot be read")
  func unreadable() async throws {
    let error = await fault("postgresql://ana:geheim-1234@[::1/customers")
    #expect(error?.kind == .unreachable)
    expectFitForOutsiders(error, hiding: "ana", "geheim-1234", "customers")
    #expect(error?.sentence.contains("DATABASE_URL") == true)
  }

  @Test("Tables that another program holds locked")
  func locked() async throws {
    try await withStore { fixture in
      let role = "hasty_\(fixture.database.name)"
      try await fixture.pool.run("CREATE ROLE \(role) SUPERUSER LOGIN")
      let cluster = try await PostgresCluster.shared()
      let conninfo = cluster.conninfo(database: fixture.database.name, user: role)
      // The wait is the program's own limit; here it is the server that cancels at once.
      try await fixture.pool.run("ALTER ROLE \(role) SET statement_timeout = '100ms'")
      let pool = fixture.database.pool { $0.connectionString = conninfo }
      try await fixture.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("LOCK TABLE workspace_phones, sync_state"))
        let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
        let error = await #expect(throws: StoreError.self) { try await store.coverage() }
        #expect(error?.kind == .unreachable)
        expectFitForOutsiders(error, hiding: role)
        #expect(error?.sentence.contains("ocupada") == true)
      }
    }
  }

  @Test("Calls with a workspace that was deleted meanwhile")
  func foreignKey() async throws {
    try await withStore { fixture in
      let store = CallStore(pool: fixture.pool, defaultWorkspace: WorkspaceID(77))
      let error = await #expect(throws: StoreError.self) {
        try await store.commit(
          IntakePage(calls: [makeTransfer(makeSID(1))], readAt: at("12:00")), fence: fixture.fence)
      }
      #expect(error?.kind == .other)
      expectFitForOutsiders(error, hiding: makeSID(1).text, StoreFixture.lead)
    }
  }
}
