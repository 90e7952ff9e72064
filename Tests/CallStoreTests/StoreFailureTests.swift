import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("What operators read when the database fails", .keepsFailedDatabases)
struct StoreFailureTests {
  private func fault(_ conninfo: String) async -> RunFailure? {
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    defer { Task { await pool.close(grace: .zero) } }
    do throws(RunFailure) {
      try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).check()
      return nil
    } catch { return error }
  }

  /// Spanish, with something to do, and with nothing of the installation in it.
  private func expectFitForOutsiders(
    _ error: RunFailure?, hiding secrets: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let sentence = error?.message ?? ""
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
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error, hiding: "127.0.0.1", "ana", "geheim-1234", "customers")
    #expect(error?.cause?.contains("Connection refused") == true)
    #expect(error?.cause?.contains("geheim-1234") == false)
  }

  @Test("A host that does not exist")
  func unknownHost() async throws {
    let error = await fault("postgresql://ana:geheim-1234@db.customer.invalid/customers?connect_timeout=5")
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error, hiding: "customer", "ana", "geheim-1234")
  }

  @Test("A database that does not exist")
  func missingDatabase() async throws {
    let cluster = try await PostgresCluster.shared()
    let error = await fault(cluster.conninfo(database: "customers"))
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error, hiding: "customers", "postgres")
    #expect(error?.message.contains("no existe") == true)
  }

  @Test("A role that does not exist")
  func missingRole() async throws {
    let cluster = try await PostgresCluster.shared()
    let error = await fault(cluster.conninfo(user: "ana"))
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error, hiding: "ana", "\"")
  }

  /// What is refused, and what of the sentence is to be read.
  static let refusals: [(String, String, String)] = [
    ("XX000", "(EMAXCONNSESSION) max clients reached in session mode", "plazas"),
    ("XX000", "(ECHECKOUTTIMEOUT) unable to check out connection", "plazas"),
    ("XX000", "(ENOTFOUND) tenant/user ana.geheim not found", "no conoce el proyecto"),
    ("XX000", "(EBANNED) tenant is banned", "en pausa"),
    ("XX000", "(ECIRCUITBREAKER) too many authentication failures", "espere unos minutos"),
    ("08P01", "server login has been failing, cached error: x (server_login_retry)", "Pasa solo"),
    ("XX000", "(ESOMETHINGNEW) never heard of", "ESOMETHINGNEW"), ("58000", "io", "58000"),
  ]

  @Test("A pooler or server that lets nobody in: out of reach, by its words", arguments: refusals)
  func refused(sqlstate: String, text: String, word: String) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, text))
    let error = await fault("host=127.0.0.1 port=\(server.port) user=u sslmode=disable gssencmode=disable")
    #expect(error?.kind == .database(.unreachable) && error?.isPassing == true)
    expectFitForOutsiders(error, hiding: "ana", "geheim")
    #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
  }

  @Test("A page whose commit ends with the session is committed again")
  func commitEndsWithSession() async throws {
    try await withStore { fixture in
      let cluster = try await PostgresCluster.shared()
      let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
      let remaining = Mutex(1)
      proxy.judge { direction, bytes in
        guard direction == .toServer, String(decoding: bytes, as: UTF8.self).contains("COMMIT\0"),
          String(decoding: bytes, as: UTF8.self).contains("covered_until"),
          remaining.withLock({
            $0 -= 1; return $0 >= 0
          })
        else { return .forward }
        return .answer(PostgresReply.error("XX000", "(EDBHANDLEREXITED) connection to database closed"))
      }
      let pool = fixture.database.pool(direct: true) {
        $0.connectionString =
          "host=127.0.0.1 port=\(proxy.port) user=\(fixture.database.serviceRole) dbname=\(fixture.database.name) sslmode=disable gssencmode=disable"
        $0.statementLimit = .seconds(600)
      }
      let page = IntakePage(
        calls: [makeRing(makeSID(1), endedAt: at("09:50"))], readAt: at("12:00"),
        marks: [.coveredUntil(at("12:00"))])
      let outcome = try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
        .commit(page, fence: fixture.fence)
      #expect(outcome.changed.count == 1 && remaining.withLock(\.self) < 0)
      proxy.close()
    }
  }

  @Test(
    "A pooler that gives a statement the answer to another is found, and none is found where there is none")
  func mixing() async throws {
    try await withStore { fixture in
      #expect(await fixture.store.poolerFault() == nil)
      let cluster = try await PostgresCluster.shared()
      let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
      proxy.judge { direction, bytes in
        // One answer of many.
        let (own, other) = (Array("3053".utf8), Array("1053".utf8))
        return direction == .toClient && bytes.contains(own)
          ? .answer(bytes.replacing(own, with: other)) : .forward
      }
      let pool = fixture.database.pool(direct: true) {
        $0.connectionString =
          "host=127.0.0.1 port=\(proxy.port) user=\(fixture.database.serviceRole) dbname=\(fixture.database.name) sslmode=disable gssencmode=disable"
      }
      let fault = await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).poolerFault()
      #expect(fault?.kind == .database(.unreachable))
      expectFitForOutsiders(fault)
      #expect(fault?.message.contains("pooler") == true)
      proxy.close()
    }
  }

  @Test("A connection string that cannot be read")
  func unreadableString() async throws {
    let error = await fault("postgresql://ana:geheim-1234@[::1/customers")
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error, hiding: "ana", "geheim-1234", "customers")
    #expect(error?.message.contains("DATABASE_URL") == true)
  }

  @Test("Tables that another program holds locked")
  func locked() async throws {
    try await withStore { fixture in
      let administrator = fixture.database.pool(direct: true)
      try await fixture.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("LOCK TABLE workspace_phones, sync_state"))
        // The wait is the program's own limit; here it is the server that cancels at once.
        let canceling = Task {
          while try await administrator.line(
            """
            SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """) == "0"
          { try await Task.sleep(for: .milliseconds(2)) }
        }
        let error = await #expect(throws: RunFailure.self) {
          try await fixture.store.coverage(now: at("12:00"))
        }
        try await canceling.value
        #expect(error?.kind == .database(.unreachable))
        expectFitForOutsiders(error)
        #expect(error?.message.contains("statement_timeout") == true)
      }
    }
  }

  @Test("Connections that are all at work: busy, with what is at work and what to do")
  func busyPool() async throws {
    try await withStore { fixture in
      let pool = fixture.database.pool {
        $0.maximumConnections = 1
        $0.waitLimit = .milliseconds(20)
      }
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await pool.withConnection { _ in
        let error = await #expect(throws: RunFailure.self) { try await store.coverage(now: at("12:00")) }
        #expect(error?.kind == .database(.busy))
        expectFitForOutsiders(error)
        let sentence = error?.message ?? ""
        #expect(sentence.contains("ocupadas") && sentence.contains("DATABASE_POOL_SIZE"), "\(sentence)")
      }
    }
  }

  @Test("A database that does not answer in time is busy as well, and nothing is said of our connections")
  func slowDatabase() async throws {
    try await withStore { fixture in
      let pool = fixture.database.pool(direct: true) { $0.statementLimit = .milliseconds(50) }
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await fixture.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("LOCK TABLE workspace_phones, sync_state"))
        let error = await #expect(throws: RunFailure.self) { try await store.coverage(now: at("12:00")) }
        #expect(error?.kind == .database(.busy))
        expectFitForOutsiders(error)
        #expect(error?.message.contains("DATABASE_POOL_SIZE") == false)
      }
    }
  }

  /// What a commit says in whose middle the server does this to its session, each time.
  private func fault(inTheMiddle action: String, isHeldBack: Bool = false) async throws -> RunFailure? {
    var found: RunFailure?
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM \(action); RETURN NULL; END $$
        """,
        "CREATE TRIGGER meddle AFTER INSERT ON calls FOR EACH STATEMENT EXECUTE FUNCTION meddle()")
      let cluster = try await PostgresCluster.shared()
      let proxy = try TCPProxy(to: .unix(path: "\(cluster.directory)/.s.PGSQL.5432"))
      if isHeldBack { holdBackCommits(proxy) }
      let (name, role) = (fixture.database.name, fixture.database.serviceRole)
      let pool = fixture.database.pool(direct: true) {
        $0.connectionString =
          "host=127.0.0.1 port=\(proxy.port) user=\(role) dbname=\(name) sslmode=disable gssencmode=disable"
      }
      let calls = (1...300).map { makeRing(makeSID($0), endedAt: at("09:50")) }
      let page = IntakePage(calls: calls, readAt: at("12:00"))
      found = await #expect(throws: RunFailure.self) {
        try await CallStore(pool: pool, defaultWorkspace: WorkspaceID(1)).commit(page, fence: fixture.fence)
      }
      #expect(try await fixture.pool.line("SELECT count(*) FROM calls") == "0")
      proxy.close()
    }
    return found
  }

  /// Lets nothing through from the answer to the calls (some 80 kB, the statements before them 11 kB) to
  /// the server's last word.
  private func holdBackCommits(_ proxy: TCPProxy) {
    let state = Mutex((unanswered: 0, isHolding: false))
    proxy.judge { direction, bytes in
      state.withLock { state in
        guard direction == .toClient else {
          state.unanswered += bytes.count
          return state.isHolding ? .swallow : .forward
        }
        let isLastWord = String(decoding: bytes, as: UTF8.self).contains("25P03")
        state = (0, !isLastWord && (state.isHolding || state.unanswered > 40_000))
        return .forward
      }
    }
  }

  // The server's last word is lost now and then when the program is sending at that moment; the connection is
  // then told as cut, which is true as well.
  @Test("A transaction that the server ended because the program stood still")
  func stoodStill() async throws {
    var sentences: [String] = []
    while sentences.count < 8, sentences.last?.contains("25P03") != true {
      let error = try await fault(
        inTheMiddle: "set_config('idle_in_transaction_session_timeout', '1ms', true)", isHeldBack: true)
      #expect(error?.kind == .database(.unreachable))
      expectFitForOutsiders(error)
      sentences.append(error?.message ?? "")
    }
    let last = sentences.last ?? ""
    #expect(last.contains("25P03") && last.contains("parado a mitad de una escritura"), "\(sentences)")
  }

  @Test("A session that somebody terminated, as a run does with a frozen one")
  func terminated() async throws {
    let error = try await fault(inTheMiddle: "pg_terminate_backend(pg_backend_pid())")
    #expect(error?.kind == .database(.unreachable))
    expectFitForOutsiders(error)
    let sentence = error?.message ?? ""
    #expect(sentence.contains("57P01") && sentence.contains("cerró la sesión"), "\(sentence)")
  }

  @Test("A row that this program cannot read is its own fault, and is told as one")
  func unreadable() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE sync_runs ALTER COLUMN kind DROP NOT NULL")
      try await fixture.pool.run("UPDATE sync_runs SET kind = 'hourly', requested_by = 'x'")
      try await fixture.pool.run("ALTER TABLE sync_runs ALTER COLUMN requested_by DROP NOT NULL")
      try await fixture.pool.run("UPDATE sync_runs SET requested_by = NULL")
      let error = await #expect(throws: RunFailure.self) { try await fixture.store.runs(limit: 10) }
      #expect(error?.kind == .internal)
      #expect(error?.whatFailed == "Fallo interno de twilio-sync.")
      #expect(error?.cause?.contains("\"requested_by\" of row 0 is NULL") == true, "\(error?.cause ?? "")")
      #expect(error?.cause?.contains("[RunRecords.list:") == true, "\(error?.cause ?? "")")
    }
  }

  @Test("Calls for a default workspace that was deleted meanwhile")
  func foreignKey() async throws {
    try await withStore { fixture in
      let store = CallStore(pool: fixture.servicePool, defaultWorkspace: WorkspaceID(77))
      let error = await #expect(throws: RunFailure.self) {
        try await store.commit(
          IntakePage(calls: [makeTransfer(makeSID(1))], readAt: at("12:00")), fence: fixture.fence)
      }
      #expect(error?.kind == .database(.noDefaultWorkspace))
      #expect(error?.cause == "no row in workspaces with id 77")
    }
  }
}
