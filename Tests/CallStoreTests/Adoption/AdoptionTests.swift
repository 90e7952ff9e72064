import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("An older database is adopted without loss", .keepsFailedDatabases)
struct AdoptionTests {
  static let installations = [
    LegacyDatabase.Traps(),
    LegacyDatabase.Traps(hasDefaultWorkspace: true, numbersAreUnique: true),
    LegacyDatabase.Traps(hasDefaultWorkspace: true, hasViewOnCost: true),
  ]

  @Test("Rows, policies, constraints, views and readers' answers stay", arguments: installations)
  func nothingIsLost(_ traps: LegacyDatabase.Traps) async throws {
    try await withLegacy(traps) { adoption in
      let before = try await LegacySnapshot(of: adoption.pool)
      let clock = ContinuousClock()
      let time = try await clock.measure { _ = try await adoption.migrate() }
      print("adopted \(adoption.legacy.calls.count) calls in \(time.milliseconds) ms")
      let after = try await LegacySnapshot(of: adoption.pool)
      for (table, sum) in before.tables { #expect(after.tables[table] == sum, "\(table)") }
      expectSame(after.definitions, before.definitions, "definitions")
      for (query, answer) in before.answers { expectSame(after.answers[query] ?? [], answer, "\(query)") }
      let touched = try await adoption.pool.line(
        """
        SELECT count(*) FROM calls WHERE source <> 'twilio' AND num_nonnulls(direction, ended_at, price_unit,
          phone_number, lead_number, effective_at, twilio_updated_at) > 0
        """)
      #expect(touched == "0")
      try await adoption.store.check()
    }
  }

  @Test("New columns are filled from what the row knew, each case by its own rule", arguments: installations)
  func backfill(_ traps: LegacyDatabase.Traps) async throws {
    try await withLegacy(traps) { adoption in
      let events = try await adoption.migrate()
      #expect(events.contains(.converted(rows: adoption.legacy.calls.count)))
      let found = try await adoption.pool.lines(
        """
        SELECT concat_ws('|', id, coalesce(workspace_id::text, '-'), coalesce(direction, '-'),
          coalesce((extract(epoch FROM ended_at) * 1000)::bigint::text, '-'), coalesce(price_unit, '-'),
          coalesce(phone_number, '-'), coalesce(lead_number, '-'),
          coalesce((extract(epoch FROM effective_at) * 1000)::bigint::text, '-'), coalesce(cost::text, '-'))
        FROM calls WHERE source = 'twilio'
        """)
      expectSame(found, adoption.legacy.calls.map(filledLine), "columns")
    }
  }

  @Test("Hourly runs go on from the newest real start, whatever is stored before the first of them")
  func coverage() async throws {
    try await withLegacy { adoption in
      try await adoption.pool.run(
        "INSERT INTO calls (id, source, call_date) VALUES ('CA_future', 'twilio', '2027-01-01T00:00:00Z')")
      try await adoption.migrate()
      let newest = try #require(adoption.legacy.calls.compactMap(\.stored.startTime).max())
      let covered = "SELECT (extract(epoch FROM covered_until) * 1000)::bigint FROM sync_state"
      #expect(try await adoption.pool.line(covered) == "\(newest.milliseconds)")
      var random = SeededRandom(seed: 1)
      try await adoption.takeIn([makeRing(makeSID(900_000), endedAt: LegacyDatabase.now)], random: &random)
      try await adoption.migrate()
      let coverage = try await adoption.store.coverage(now: LegacyDatabase.now)
      #expect(coverage.coveredUntil == newest && coverage.newestCall == nil)
    }
  }

  // Worked out from the generated call, not from what the program makes of the row.
  private func filledLine(_ call: LegacyCall) -> String {
    let row = call.stored
    var own: String?
    var lead: String?
    switch row.direction?.text {
    case "outbound-api", "trunking-terminating":
      own = PhoneNumber(row.from)?.canonical
      lead = PhoneNumber(row.to)?.canonical
    case "trunking-originating": lead = PhoneNumber(row.from)?.canonical
    default: break
    }
    // A row of no case keeps none: nothing is decided by it.
    let effective = row.attributionCase == nil ? nil : row.endTime ?? row.startTime ?? .epoch
    let columns = [
      row.sid.text, call.workspace.map { "\($0)" }, row.direction?.text,
      row.endTime.map { "\($0.milliseconds)" }, row.priceUnit, own, lead,
      effective.map { "\($0.milliseconds)" },
      row.price.flatMap { Self.roundedCosts[$0.text] },
    ]
    return columns.map { $0 ?? "-" }.joined(separator: "|")
  }

  /// What NUMERIC(10,4) makes of the generated prices.
  private static let roundedCosts = [
    "-0.01700": "0.0170", "-0.200": "0.2000", "-1.5": "1.5000", "-0.00425": "0.0043", "0.00000": "0.0000",
  ]

  @Test("Young unsettled calls are put on the watch list, old ones and other directions are not")
  func watch() async throws {
    try await withLegacy { adoption in
      try await adoption.migrate()
      let limit = LegacyDatabase.now.adding(hours: -14 * 24)
      let expected = adoption.legacy.calls.filter { call in
        [.unpriced, .inProgress, .queued].contains(call.shape) && call.callDate > limit
      }
      #expect(expected.count > 20)
      expectSame(
        try await adoption.pool.lines("SELECT call_id FROM unsettled_calls WHERE given_up_at IS NULL"),
        expected.map(\.stored.sid.text), "unsettled")
    }
  }

  @Test("The cost gets room for every digit, unless a view stands on it, which is then named")
  func cost() async throws {
    try await withLegacy { adoption in
      let events = try await adoption.migrate()
      #expect(!events.contains { if case .costKeptNarrow = $0 { true } else { false } })
      #expect(try await costType(adoption.pool) == "numeric")
    }
    try await withLegacy(Self.installations[2]) { adoption in
      let events = try await adoption.migrate()
      #expect(events.contains(.costKeptNarrow(dependents: ["view cost_by_day"])))
      #expect(try await costType(adoption.pool) == "numeric(10,4)")
      #expect(try await adoption.pool.line("SELECT count(*) > 0 FROM cost_by_day") == "t")
    }
  }

  private func costType(_ pool: PostgresPool) async throws -> String? {
    try await pool.line(
      """
      SELECT format_type(atttypid, atttypmod) FROM pg_attribute
      WHERE attrelid = 'calls'::regclass AND attname = 'cost'
      """)
  }

  @Test("A missing default workspace is created, and the next one that others create gets a free id")
  func defaultWorkspace() async throws {
    try await withLegacy { adoption in
      let events = try await adoption.migrate()
      #expect(events.contains(.createdDefaultWorkspace(WorkspaceID(1))))
      #expect(
        try await adoption.pool.line("SELECT name || ' ' || phone_number FROM workspaces WHERE id = 1")
          == "Sin asignar default:1")
      let insertion = "INSERT INTO workspaces (name, phone_number) VALUES ('x', $1) RETURNING id"
      #expect(try await adoption.pool.line(insertion, [.text("+34911111111")]) == "7")
      #expect(try await adoption.pool.line(insertion, [.text("+34911111112")]) == "8")
    }
    try await withLegacy(Self.installations[1]) { adoption in
      let events = try await adoption.migrate()
      #expect(!events.contains(.createdDefaultWorkspace(WorkspaceID(1))))
      #expect(try await adoption.pool.line("SELECT name FROM workspaces WHERE id = 1") == "General")
    }
  }

  @Test("A newer schema is accepted, unless it says that programs of this age must not write")
  func rollingDeploy() async throws {
    try await withLegacy { adoption in
      try await adoption.migrate()
      try await adoption.pool.run("INSERT INTO schema_migrations (version, name) VALUES (999, 'later')")
      try await adoption.store.check()
      #expect(try await makeAdopter(adoption.pool).run().isEmpty)
      _ = try await adoption.store.begin(.hourly, requestedBy: "test", now: LegacyDatabase.now)
      try await adoption.pool.run("UPDATE schema_migrations SET oldest_program = 999 WHERE version = 999")
      let refusal = await #expect(throws: RunFailure.self) { try await adoption.store.check() }
      #expect(refusal?.kind == .database(.newSchema))
    }
  }
}
