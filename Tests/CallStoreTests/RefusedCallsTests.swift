import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

/// A change of the tables after which one call is refused.
struct Refusing: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let statements: [String]
  /// What makes a call one that is refused.
  let spoil: @Sendable (inout Call) -> Void
  /// What the reason holds.
  let reason: String

  init(
    _ name: String, _ statements: String..., reason: String,
    spoil: @escaping @Sendable (inout Call) -> Void = { $0.duration = 40_000 }
  ) {
    testDescription = name
    self.statements = statements
    self.reason = reason
    self.spoil = spoil
  }

  private static let raising = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF new.duration = 40000 THEN RAISE EXCEPTION 'not this one'; END IF; RETURN new;
    END $$
    """

  static let all = [
    Refusing(
      "a narrow number", Migrator.dropViews, "ALTER TABLE calls ALTER duration TYPE smallint", reason: "22003"
    ),
    Refusing(
      "a short text", "ALTER TABLE calls ALTER phone_from TYPE varchar(20)", reason: "22001",
      spoil: { $0.from = "sip:agent.of.the.north@pbx.example" }),
    Refusing(
      "a check", "ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)", reason: "23514, brief"),
    Refusing(
      "a unique index", "CREATE UNIQUE INDEX once ON calls (status) WHERE status = 'busy'",
      "INSERT INTO calls (id, workspace_id, source, status) VALUES ('x', 1, 'other', 'busy')",
      reason: "23505, once", spoil: { $0.status = .busy }),
    Refusing(
      "a column that must be there", "ALTER TABLE calls ALTER phone_to SET NOT NULL",
      reason: "23502, phone_to", spoil: { $0.to = nil }),
    Refusing(
      "a foreign key", "CREATE TABLE units (unit TEXT PRIMARY KEY)", "INSERT INTO units VALUES ('USD')",
      "ALTER TABLE calls ADD CONSTRAINT unit FOREIGN KEY (price_unit) REFERENCES units",
      reason: "23503, unit",
      spoil: { $0.priceUnit = "XXX" }),
    Refusing(
      "a foreign key that is checked at the end", "CREATE TABLE units (unit TEXT PRIMARY KEY)",
      "INSERT INTO units VALUES ('USD')",
      """
      ALTER TABLE calls ADD CONSTRAINT unit FOREIGN KEY (price_unit) REFERENCES units
        DEFERRABLE INITIALLY DEFERRED
      """, reason: "23503, unit", spoil: { $0.priceUnit = "XXX" }),
    Refusing(
      "an index of an expression", "CREATE INDEX ON calls ((1 / (duration - 40000)))", reason: "22012"),
    Refusing(
      "a trigger", raising,
      "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION refuse()",
      reason: "P0001"),
    Refusing(
      "a trigger at the end", raising,
      """
      CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE ON calls DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()
      """, reason: "P0001"),
  ]
}

@Suite("Calls that the database does not take", .keepsFailedDatabases)
struct RefusedCallsTests {
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))
  private static let listed = "SELECT concat_ws(' ', call_id, tries) FROM refused_calls ORDER BY call_id"

  /// Calls of one number to leads of their own.
  private func rings(_ numbers: ClosedRange<Int>) -> [Call] {
    numbers.map { makeRing(makeSID($0), to: "+346000010\($0)", endedAt: at("08:00").adding(minutes: $0)) }
  }

  @Test(
    "A refused call is set aside, wherever it stands, and the rest of its page is stored",
    arguments: Refusing.all)
  func setAside(_ refusing: Refusing) async throws {
    for place in [0, 7, 15] {
      try await withStore { fixture in
        for sql in refusing.statements { try await fixture.pool.run(sql) }
        var page = rings(1...15) + [transfer]
        var bad = makeRing(makeSID(50), of: 5, endedAt: at("09:59"))
        refusing.spoil(&bad)
        page.insert(bad, at: place)
        let outcome = try await fixture.commit(page, marks: [.coveredUntil(at("12:00"))])
        #expect(outcome.refused.map(\.sid) == [bad.sid])
        #expect(outcome.refused.first?.reason.contains(refusing.reason) == true, "\(outcome.refused)")
        #expect(!outcome.changed.contains(bad.sid) && outcome.changed.count == 16)
        #expect(try await fixture.attributions().count == 16)
        #expect(try await fixture.pool.lines(Self.listed) == ["\(bad.sid.text) 1"])
        #expect(
          try await fixture.pool.line("SELECT raw::jsonb->>'sid' FROM refused_calls") == bad.sid.text)
        #expect(try await fixture.pool.line("SELECT count(*) FROM unsettled_calls") == "0")
        // It is no candidate.
        #expect(try await fixture.decision(transfer.sid) == Decision(1))
        #expect(
          try await fixture.pool.line("SELECT covered_until = '2026-03-01T12:00:00Z' FROM sync_state") == "t")

        // It comes with a later page, too, and alone.
        let again = try await fixture.commit(rings(1...3) + [bad])
        #expect(again.refused.map(\.sid) == [bad.sid] && again.changed.isEmpty)
        _ = try await fixture.commit([bad])
        #expect(try await fixture.pool.lines(Self.listed) == ["\(bad.sid.text) 3"])
      }
    }
  }

  @Test("A call that is taken after all is stored, decides its transfers, and is set aside no more")
  func takenAfterAll() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      var bad = makeRing(makeSID(50), of: 5, endedAt: at("09:59"))
      bad.duration = 2000
      _ = try await fixture.commit([bad, transfer])
      #expect(try await fixture.decision(transfer.sid) == Decision(1))
      try await fixture.pool.run("ALTER TABLE calls DROP CONSTRAINT brief")
      let outcome = try await fixture.commit([bad])
      #expect(outcome.refused.isEmpty && outcome.changed == [bad.sid, transfer.sid])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(try await fixture.pool.lines(Self.listed).isEmpty)
    }
  }

  @Test("A refused transfer is set aside as well")
  func refusedTransfer() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE calls ALTER phone_to TYPE varchar(20)")
      var long = transfer
      long.to = "sip:+34910000004@public-vip.ie1.twilio.com"
      var short = makeTransfer(makeSID(101), endTime: at("10:30"))
      short.to = "+34910000004"
      let outcome = try await fixture.commit([makeRing(makeSID(1), endedAt: at("09:59")), long, short])
      #expect(outcome.refused.map(\.attributionCase) == [.transfer])
      #expect(outcome.transfers == [short.sid: true])
      #expect(Set(try await fixture.attributions().keys) == [makeSID(1), short.sid])
    }
  }

  @Test("A stored call whose change is refused stays as it was")
  func refusedChange() async throws {
    try await withStore { fixture in
      let call = makeRing(makeSID(1), endedAt: at("09:59"))
      try await fixture.commit([call, transfer])
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000) NOT VALID")
      var changed = call
      changed.duration = 2000
      changed.dateUpdated = at("11:00")
      let outcome = try await fixture.commit([changed] + rings(2...4))
      #expect(outcome.refused.map(\.sid) == [call.sid] && outcome.changed.count == 3)
      #expect(try await fixture.pool.line("SELECT duration FROM calls WHERE id = '\(call.sid.text)'") == "61")
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
    }
  }

  @Test("Where more than half of a page of twenty is refused nothing of it is stored", arguments: [10, 11])
  func wrongTable(refused: Int) async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      var page = rings(1...20)
      for index in 0..<refused { page[index].duration = 2000 }
      if refused == 10 {
        #expect(try await fixture.commit(page).refused.count == 10)
      } else {
        let failure = await #expect(throws: RunFailure.self) { try await fixture.commit(page) }
        #expect(failure?.kind == .database(.refused))
        #expect(failure?.whatFailed.contains("23514, brief") == true, "\(failure?.message ?? "")")
        #expect(failure?.cause?.contains("brief") == true)
        #expect(try await fixture.attributions().isEmpty)
        #expect(try await fixture.pool.lines(Self.listed).isEmpty)
      }
    }
  }

  @Test("A small page may be refused as a whole, and the 101st refused call of a run is too much")
  func limitOfRun() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      let page = rings(1...19).map { call in
        var call = call
        call.duration = 2000
        return call
      }
      #expect(try await fixture.commit(page).refused.count == 19)
      let before = Set((200..<281).map { makeSID($0) })
      func commit(_ refusedBefore: Set<CallSID>) async throws -> PageOutcome {
        try await fixture.store.commit(
          IntakePage(calls: page, readAt: at("12:00"), refusedBefore: refusedBefore), fence: fixture.fence)
      }
      #expect(try await commit(before).refused.count == 19)
      #expect(try await commit(before.union(page.map(\.sid))).refused.count == 19)
      await #expect(throws: RunFailure.self) { try await commit(before.union([makeSID(300)])) }
    }
  }

  @Test("In a database of another encoding a caller that it cannot hold is set aside, as ASCII")
  func otherEncoding() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        CREATE FUNCTION latin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          PERFORM convert_to(new.phone_from, 'LATIN1'); RETURN new;
        END $$
        """, "CREATE TRIGGER latin BEFORE INSERT OR UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION latin()")
      var bad = makeRing(makeSID(50), from: "client:李😀é", endedAt: at("09:59"))
      bad.to = "client:José"
      let outcome = try await fixture.commit(rings(1...3) + [bad])
      #expect(outcome.refused.first?.reason.contains("22P05") == true)
      let raw = try #require(try await fixture.pool.line("SELECT raw FROM refused_calls"))
      #expect(raw.contains(#""from":"client:\u674e\ud83d\ude00\u00e9""#) && raw.utf8.allSatisfy { $0 < 0x80 })
      #expect(
        try await fixture.pool.line("SELECT raw::jsonb->>'from' FROM refused_calls") == "client:李😀é")
    }
  }

  // What the server cannot convert it refuses before it reads the statement that brings it.
  @Test(
    "In a real database in LATIN1 each call with a character that it lacks is set aside, and the rest is stored"
  )
  func latin() async throws {
    try await withStore(template: .latin) { fixture in
      #expect(try await fixture.pool.line("SHOW server_encoding") == "LATIN1")
      let page =
        rings(1...5) + [
          makeRing(makeSID(50), from: "client:李", endedAt: at("09:59")),
          makeRing(makeSID(51), of: 5, to: "client:李", endedAt: at("09:58")),
          makeRing(makeSID(52), from: "client:José", to: "+34600001099", endedAt: at("09:57")),
          makeTransfer(makeSID(101), from: "client:李", endTime: at("10:01")), transfer,
        ]
      for _ in 0..<2 {
        let outcome = try await fixture.commit(page, marks: [.coveredUntil(at("12:00"))])
        #expect(Set(outcome.refused.map(\.sid)) == [makeSID(50), makeSID(51), makeSID(101)])
        #expect(outcome.refused.allSatisfy { $0.reason.contains("22P05") }, "\(outcome.refused)")
      }
      #expect(
        Set(try await fixture.attributions().keys)
          == Set([1, 2, 3, 4, 5, 52, 100].map { makeSID($0) }))
      #expect(try await fixture.decision(makeSID(52)) == Decision(1, "client:José"))
      #expect(
        try await fixture.pool.lines(
          "SELECT concat_ws(' ', call_id, tries) FROM refused_calls ORDER BY call_id")
          == [50, 51, 101].map { "\(makeSID($0).text) 2" })
      #expect(
        try await fixture.pool.lines("SELECT raw FROM refused_calls").allSatisfy {
          $0.contains(#"client:\u674e"#)
        })
      #expect(
        try await fixture.pool.line("SELECT covered_until = '2026-03-01T12:00:00Z' FROM sync_state") == "t")
      let inspection = try await fixture.store.inspect()
      #expect(inspection.encoding == "LATIN1")
      let finding = inspection.findings(now: at("12:00")).first { $0.check == "caracteres" }
      #expect(finding?.level == .warning && finding?.detail.contains("está en LATIN1") == true)
    }
  }

  @Test(
    "A try at a time that is none or still to come counts as never: its call is due, before all others",
    arguments: OddTimesTests.unbelieved)
  func triedAhead(time: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO refused_calls (call_id, last_tried_at, reason, raw)
        SELECT 'CA' || lpad(n::text, 32, '0'), CASE n WHEN 2 THEN \(time) ELSE '2026-03-01T00:00:00Z' END, '', ''
        FROM generate_series(1, 3) n
        """)
      #expect(try await fixture.store.refused(dueAt: at("00:59"), limit: 20) == [makeSID(2)])
      #expect(try await fixture.store.refused(dueAt: at("12:00"), limit: 1) == [makeSID(2)])
      // Clocks differ by some minutes.
      try await fixture.pool.run("UPDATE refused_calls SET last_tried_at = now() + INTERVAL '9 minutes'")
      #expect(try await fixture.store.refused(dueAt: at("12:00"), limit: 20).isEmpty)
    }
  }

  @Test("Calls that rest are tried after one hour, two, four and at most a day")
  func pauses() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO refused_calls (call_id, last_tried_at, tries, reason, raw)
        SELECT 'CA' || lpad(n::text, 32, '0'), '2026-03-01T00:00:00Z', n, '', '' FROM generate_series(1, 8) n
        """)
      for (hours, due) in [(0, 0), (1, 1), (2, 2), (4, 3), (8, 4), (16, 5), (23, 5), (24, 8)] {
        let now = makeTime("2026-03-01T00:00:00Z").adding(hours: hours)
        #expect(try await fixture.store.refused(dueAt: now, limit: 20).count == due, "\(hours)")
      }
      #expect(try await fixture.store.refused(dueAt: at("23:59"), limit: 3).count == 3)
      try await fixture.pool.run(
        "UPDATE refused_calls SET last_tried_at = 'infinity', tries = -1",
        "DELETE FROM refused_calls WHERE tries > 0")
      #expect(try await fixture.store.refused(dueAt: at("12:00"), limit: 20).count == 8)
    }
  }
}

@Suite("Rows that a trigger or the directory passes over", .keepsFailedDatabases)
struct PassedOverTests {
  private static func skipping(_ condition: String, on event: String) -> [String] {
    [
      """
      CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF \(condition) THEN RETURN NULL; END IF; RETURN new;
      END $$
      """,
      "CREATE TRIGGER skip BEFORE \(event) ON calls FOR EACH ROW EXECUTE FUNCTION skip()",
    ]
  }

  @Test("Calls that a trigger skips in silence are counted as missing, unsettled ones too")
  func skipped() async throws {
    try await withStore { fixture in
      for sql in Self.skipping("new.phone_from = '\(StoreFixture.own(5))'", on: "INSERT") {
        try await fixture.pool.run(sql)
      }
      var unsettled = makeRing(makeSID(2), of: 5, endedAt: at("09:51"))
      unsettled.price = nil
      let page = [
        makeRing(makeSID(1), of: 4, endedAt: at("09:50")), unsettled,
        makeRing(makeSID(3), of: 5, endedAt: at("09:52")),
      ]
      for _ in 0..<2 {
        let outcome = try await fixture.commit(page)
        #expect(outcome.missing == [makeSID(2), makeSID(3)] && outcome.refused.isEmpty)
      }
      #expect(Set(try await fixture.attributions().keys) == [makeSID(1)])
      #expect(try await fixture.pool.line("SELECT count(*) FROM unsettled_calls") == "0")
    }
  }

  @Test("A call that is refused beside them is set aside and not missing as well")
  func refusedBeside() async throws {
    try await withStore { fixture in
      for sql in Self.skipping("new.phone_from = '\(StoreFixture.own(5))'", on: "INSERT") {
        try await fixture.pool.run(sql)
      }
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      var long = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
      long.duration = 2000
      let outcome = try await fixture.commit([
        long, makeRing(makeSID(2), of: 5, endedAt: at("09:51")),
        makeRing(makeSID(3), of: 4, endedAt: at("09:52")),
      ])
      #expect(outcome.refused.map(\.sid) == [makeSID(1)] && outcome.missing == [makeSID(2)])
      #expect(Set(try await fixture.attributions().keys) == [makeSID(3)])
    }
  }

  @Test("A skipped transfer is missing, a skipped change of a stored call is not")
  func skippedTransfer() async throws {
    try await withStore { fixture in
      let call = makeRing(makeSID(1), endedAt: at("09:50"))
      try await fixture.commit([call])
      let skipping = Self.skipping(
        "new.direction = 'trunking-originating' OR new.duration = 5", on: "INSERT OR UPDATE")
      for sql in skipping { try await fixture.pool.run(sql) }
      var changed = call
      changed.duration = 5
      changed.dateUpdated = at("11:00")
      let outcome = try await fixture.commit([changed, makeTransfer(makeSID(100), endTime: at("10:00"))])
      #expect(outcome.missing == [makeSID(100)])
    }
  }

  @Test(
    "A number that the directory refuses is told, and its calls are stored in the default workspace",
    arguments: [
      (
        "ALTER TABLE workspace_phones ADD CONSTRAINT e164 CHECK (phone_number ~ '^[+][0-9]+$')", "23514, e164"
      ),
      ("ALTER TABLE workspace_phones ALTER phone_number TYPE varchar(16)", "22001"),
      ("ALTER TABLE workspace_phones ADD label TEXT NOT NULL CHECK (label <> '') DEFAULT ''", "23514"),
      ("ALTER TABLE workspace_phones ADD label TEXT NOT NULL", "23502, label"),
    ])
  func refusedPhone(change: String, reason: String) async throws {
    try await withStore { fixture in
      let isAll = change.contains("label")
      try await fixture.pool.run(
        isAll ? "DELETE FROM workspace_phones" : "SELECT 1", change)
      let odd = isAll ? "+34910000077" : "client:ana.of.the.north"
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), endedAt: at("09:50")), makeRing(makeSID(2), from: odd, endedAt: at("09:51")),
        makeRing(makeSID(3), from: "+34910000099", endedAt: at("09:52")),
      ])
      #expect(outcome.changed.count == 3 && outcome.refused.isEmpty)
      #expect(outcome.createdPhones == (isAll ? 0 : 1))
      #expect(outcome.refusedPhones[makeNumber(odd)]?.contains(reason) == true, "\(outcome.refusedPhones)")
      #expect(outcome.refusedPhones.count == (isAll ? 3 : 1))
      #expect(try await fixture.decision(makeSID(2)) == Decision(1, odd))
    }
  }

  @Test(
    "Where the ids of the directory were imported and its sequence was not, a number is created all the same")
  func oldSequence() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "TRUNCATE workspace_phones RESTART IDENTITY",
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number) OVERRIDING SYSTEM VALUE
        SELECT n, 4, '+3491000' || (1000 + n) FROM generate_series(1, 40) n
        """)
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50")),
        makeRing(makeSID(2), from: "+34910000078", endedAt: at("09:51")),
      ])
      // A role that may not use the sequence is told instead.
      let created = LeastPrivilege.isWanted ? 0 : 2
      #expect(outcome.createdPhones == created && outcome.refusedPhones.count == 2 - created)
      #expect(outcome.refusedPhones.values.allSatisfy { $0 == "su id ya existe, la secuencia va por detrás" })
      #expect(outcome.changed.count == 2)
      #expect(
        try await fixture.pool.line("SELECT count(*) FROM workspace_phones WHERE workspace_id = 1")
          == "\(created)")
    }
  }

  @Test("A number that a trigger of the directory drops in silence is told as that")
  func droppedPhone() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.phone_number LIKE '%7' THEN RETURN NULL; END IF; RETURN new;
        END $$
        """,
        "CREATE TRIGGER skip BEFORE INSERT ON workspace_phones FOR EACH ROW EXECUTE FUNCTION skip()")
      for _ in 0..<2 {
        let outcome = try await fixture.commit([
          makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50")),
          makeRing(makeSID(2), from: "+34910000078", endedAt: at("09:51")),
          makeRing(makeSID(3), from: "+34910000087", endedAt: at("09:52")),
        ])
        let reason = "un disparador (trigger) de la tabla lo descarta"
        #expect(
          outcome.refusedPhones
            == [makeNumber("+34910000077"): reason, makeNumber("+34910000087"): reason])
      }
      #expect(try await fixture.decision(makeSID(1)) == Decision(1, "+34910000077"))
      #expect(
        try await fixture.pool.lines("SELECT phone_number FROM workspace_phones WHERE workspace_id = 1")
          == ["+34910000078"])
    }
  }

  @Test("A number that is in the way of another by a key of the directory is told with that key")
  func collidingPhone() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "CREATE UNIQUE INDEX one_an_ending ON workspace_phones (right(phone_number, 2))")
      let outcome = try await fixture.commit([
        makeRing(makeSID(1), from: "+34910000104", endedAt: at("09:50")),
        makeRing(makeSID(2), from: "+34910000078", endedAt: at("09:51")),
      ])
      #expect(outcome.createdPhones == 1 && outcome.refusedPhones.count == 1)
      #expect(
        outcome.refusedPhones[makeNumber("+34910000104")]
          == "valor repetido, SQLSTATE 23505, one_an_ending")
      #expect(try await fixture.decision(makeSID(1)) == Decision(1, "+34910000104"))
      #expect(outcome.changed == [makeSID(1), makeSID(2)])
    }
  }
}
