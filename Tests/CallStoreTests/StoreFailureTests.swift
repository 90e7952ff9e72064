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
    expectNotAboutRunning(error)
  }

  /// Who answers is running.
  private func expectNotAboutRunning(_ error: RunFailure?, sourceLocation: SourceLocation = #_sourceLocation)
  {
    #expect(
      error?.message.contains("en marcha") == false, "\(error?.message ?? "")", sourceLocation: sourceLocation
    )
  }

  @Test("A server that answers and does not let us in says why")
  func notAdmitted() async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    let pool = PostgresPool(PostgresConfiguration(cluster.conninfo()))
    for sql in [
      "CREATE ROLE ana LOGIN PASSWORD 'right'", "CREATE ROLE eva NOLOGIN PASSWORD 'right'",
      "REVOKE CONNECT ON DATABASE postgres FROM PUBLIC",
    ] { _ = try await pool.withConnection { try await $0.query(PostgresStatement(sql)) } }
    let tcp = "host=127.0.0.1 port=\(cluster.tcpPort ?? 0) dbname=postgres"
    let cases = [
      ("\(tcp) user=ana password=wrong", "Corrija el usuario o la contraseña"),
      ("\(tcp) user=ana", "Corrija el usuario o la contraseña"),
      ("\(tcp) user=nobody password=x", "Corrija el usuario o la contraseña"),
      ("\(tcp) user=eva password=right", "ALTER ROLE … LOGIN"),
      ("\(tcp) user=ana password=right", "GRANT CONNECT"),
      ("\(cluster.conninfo()) options='-c nonsense=1'", "Quite de options"),
      ("\(cluster.conninfo()) options='-c work_mem=much'", "Quite de options"),
      ("\(cluster.conninfo()) options='-c port=1'", "Quite de options"),
      ("\(cluster.conninfo()) options='--what'", "Quite de options"),
    ]
    for (string, word) in cases {
      let error = await fault(string)
      #expect(
        error?.kind == .database(.unreachable) && error?.message.contains(word) == true,
        "\(error?.message ?? "nil") \(error?.cause ?? "")")
      expectNotAboutRunning(error)
      expectFitForOutsiders(error, hiding: "ana", "eva")
    }
    await pool.close()
    await cluster.remove()
  }

  static let admissions: [(String, String, String)] = [
    (
      "28000", "no pg_hba.conf entry for host \"10.0.0.1\", user \"x\", database \"y\", no encryption",
      "pg_hba.conf"
    ),
    ("28000", "pg_hba.conf rejects connection for host \"10.0.0.1\"", "pg_hba.conf"),
    ("08P01", "unsupported startup parameter: options", "Quite de options"),
    ("22023", "invalid value for parameter \"x\"", "Quite de options"),
    ("42501", "permission denied to set parameter \"x\"", "Quite de options"),
    ("58000", "could not open file", "mire su registro"),
  ]

  @Test("A refusal that only a stub can give says why, too", arguments: admissions)
  func refusedStart(sqlstate: String, text: String, word: String) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, text))
    let error = await fault("host=127.0.0.1 port=\(server.port) user=u sslmode=disable gssencmode=disable")
    #expect(
      error?.kind == .database(.unreachable) && error?.message.contains(word) == true,
      "\(error?.message ?? "")")
    expectNotAboutRunning(error)
    expectFitForOutsiders(error, hiding: "10.0.0.1")
  }

  @Test(
    "A file of certificates that is missing is named by its setting",
    arguments: ["system", "/nowhere/ca.pem"])
  func certificateFile(file: String) async throws {
    // The server agrees to TLS; nothing more is needed.
    let server = try RawServer(greeting: Array("S".utf8))
    let error = await fault(
      "host=127.0.0.1 port=\(server.port) user=u sslmode=verify-full sslrootcert=\(file) gssencmode=disable")
    #expect(error?.message.contains("sslrootcert") == true && error?.message.contains("libpq 16") == true)
    expectFitForOutsiders(error, hiding: "nowhere")
  }

  // A group of receivers: no way leads there for TCP.
  @Test(
    "Addresses of IPv6 alone that this machine does not reach, also behind a name",
    arguments: ["host=ff0e::1", "host=db.example hostaddr=ff0e::1", "host=ff0e::1,ff0e::2"])
  func onlyIPv6(place: String) async throws {
    let error = await fault("\(place) user=u")
    #expect(error?.message.contains("tenga IPv4") == true, "\(error?.cause ?? "")")
    expectFitForOutsiders(error, hiding: "ff0e", "db.example")
  }

  @Test("Where an address answers that nobody listens, another that is not reached says nothing of it")
  func refusedBesideIPv6() async throws {
    let port = try RawServer.makeFreePort()
    for hosts in ["127.0.0.1,ff0e::1", "ff0e::1,127.0.0.1"] {
      let error = await fault("host=\(hosts) port=\(port) user=u")
      #expect(error?.message.contains("IPv4") == false, "\(error?.message ?? "")")
      #expect(error?.message.contains("Compruebe que está en marcha") == true)
      #expect(error?.cause?.contains("refused") == true && error?.cause?.contains("ff0e") == true)
    }
  }

  @Test("No server of the kind that target_session_attrs demands")
  func unwantedServer() async throws {
    let cluster = try await PostgresCluster.shared()
    let error = await fault(cluster.conninfo() + " target_session_attrs=standby")
    #expect(error?.message.contains("target_session_attrs") == true && error?.isPassing == true)
    expectNotAboutRunning(error)
    expectFitForOutsiders(error)
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
        #expect(error?.message.contains("Alguien canceló") == true, "\(error?.message ?? "")")
      }
    }
  }

  @Test(
    "A table that another program keeps locked is told as that, also at a read", arguments: [true, false])
  func lockedLonger(isSnapshot: Bool) async throws {
    try await withStore(lease: LeaseTerms(lockMilliseconds: 50)) { fixture in
      try await fixture.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("LOCK TABLE calls"))
        let error = await #expect(throws: RunFailure.self) {
          if isSnapshot {
            _ = try await fixture.store.pageFigures(now: at("12:00"))
          } else {
            _ = try await fixture.store.coverage(now: at("12:00"))
          }
        }
        #expect(error?.kind == .database(.unreachable))
        #expect(
          error?.message.contains("otro programa bloquea las tablas") == true, "\(error?.message ?? "")")
        expectFitForOutsiders(error)
      }
    }
  }

  /// What a commit says in whose middle a trigger raises this.
  private func fault(raising sqlstate: String, _ message: String) async throws -> RunFailure? {
    var found: RunFailure?
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = '\(sqlstate)', MESSAGE = '\(message)'; END $$
        """,
        "CREATE TRIGGER meddle BEFORE INSERT ON calls FOR EACH STATEMENT EXECUTE FUNCTION meddle()")
      found = await #expect(throws: RunFailure.self) {
        try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:50"))])
      }
    }
    return found
  }

  static let raisedOnes: [(String, String, String)] = [
    (
      "57014", "canceling statement due to statement timeout",
      "La base de datos canceló una consulta (SQLSTATE 57014) que tardaba más de lo que se le deja (statement_timeout)."
    ),
    ("57014", "se cancela", "La base de datos canceló una consulta (SQLSTATE 57014), por tardar"),
    ("XX001", "odd", "La base de datos rechazó una operación (SQLSTATE XX001)."),
    ("42501", "permission denied for table private", "le falta un permiso (SQLSTATE 42501, private)"),
    ("42501", "permiso denegado", "le falta un permiso (SQLSTATE 42501)"),
    ("08006", "a foreign server is away", "La base de datos rechazó una operación (SQLSTATE 08006)."),
  ]

  @Test(
    "What a statement is refused with is told in words that say something, and once", arguments: raisedOnes)
  func raised(sqlstate: String, message: String, sentence: String) async throws {
    let error = try await fault(raising: sqlstate, message)
    #expect(error?.whatFailed.contains(sentence) == true, "\(error?.whatFailed ?? "")")
  }

  @Test("Commits that wait for a synchronous standby: it is named to whoever waits for their locks")
  func standbyAway() async throws {
    let cluster = try await PostgresCluster(settings: PostgresCluster.canBeFollowed)
    try await cluster.withDatabase(template: .migrated) { database in
      let store = CallStore(
        pool: database.pool(direct: true), defaultWorkspace: WorkspaceID(1),
        lease: LeaseTerms(lockMilliseconds: 50))
      let fence = try await store.begin(.hourly, requestedBy: "test", now: at("12:00"))
      let administrator = database.pool(direct: true)
      for sql in [
        "ALTER SYSTEM SET synchronous_standby_names = 'replica'", "ALTER SYSTEM SET synchronous_commit = on",
        "SELECT pg_reload_conf()",
      ] { _ = try await administrator.withConnection { try await $0.query(PostgresStatement(sql)) } }
      // The server takes the setting in a moment later.
      let committing = Task {
        while !Task.isCancelled {
          _ = try await administrator.withConnection {
            try await $0.query(PostgresStatement("UPDATE sync_leases SET expires_at = expires_at"))
          }
        }
      }
      let waiting = PostgresStatement("SELECT FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
      while try await administrator.repeatable(waiting).rows.isEmpty { await Task.yield() }
      let error = await #expect(throws: RunFailure.self) { try await store.renew(fence, counts: RunCounts()) }
      #expect(error?.kind == .database(.unreachable))
      #expect(error?.message.contains("«replica»") == true, "\(error?.message ?? "")")
      for sql in ["ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()"] {
        _ = try await administrator.withConnection { try await $0.query(PostgresStatement(sql)) }
      }
      committing.cancel()
      _ = await committing.result
    }
    await cluster.remove()
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
