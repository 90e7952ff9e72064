import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

/// Others write these columns, too, and PostgreSQL takes times that are none of ours.
@Suite("Stored times and numbers that are none", .keepsFailedDatabases)
struct OddTimesTests {
  /// 44 BC; the infinities; the year 0, which is 1 BC; years of five digits and PostgreSQL's last; the last
  /// moment but for a fraction of a millisecond.
  static let times = [
    "0044-03-15 BC", "infinity", "-infinity", "0001-12-31 BC", "4713-01-01 BC", "10000-01-01",
    "294276-12-31 23:59:59.999999", "9999-12-31 23:59:59.9996",
  ]

  /// Those and moments that are still to come, as expressions.
  static let unbelieved =
    times.map { "timestamptz '\($0)'" } + ["now() + INTERVAL '11 minutes'", "now() + INTERVAL '3000 years'"]

  private static let now = at("12:00")
  private static let request = HistoryRequest(since: makeTime("2025-08-01T00:00:00Z"), until: nil)

  /// Everything that reads: none of it may fail, whatever is stored.
  private func readAll(_ store: CallStore) async throws -> StatusFacts {
    _ = try await store.pageFigures(now: Self.now)
    _ = try await store.inspect()
    _ = try await store.coverage(now: Self.now)
    _ = try await store.alertRecords()
    _ = try await store.unsettled(limit: 5000)
    for run in try await store.runs(limit: 50) {
      _ = run.answer.json
      #expect(try await store.run(run.id) == run)
    }
    _ = try await store.storedCalls(after: nil, since: nil, limit: 1000)
    _ = try await store.olderCalls(after: nil, limit: 1000)
    try await store.check()
    let facts = try await store.status(now: Self.now)
    _ = ServiceStatus(facts, rules: AlertRules(), now: Self.now)
    return facts
  }

  @Test("A time of a call that is none hides no other, and gives way to what Twilio says", arguments: times)
  func calls(time: String) async throws {
    try await withStore { fixture in
      let call = makeRing(makeSID(1), endedAt: at("10:00"))
      let transfer = makeTransfer(makeSID(3), endTime: at("10:05"))
      try await fixture.commit([call, makeRing(makeSID(2), of: 5, endedAt: at("11:00")), transfer])
      try await fixture.pool.run(
        """
        UPDATE calls SET call_date = '\(time)', ended_at = '\(time)', twilio_updated_at = '\(time)',
          effective_at = '\(time)', updated_at = '\(time)', cost = NULL
        WHERE id = '\(makeSID(1).text)'
        """,
        "INSERT INTO unsettled_calls (call_id, call_date, asked_at) SELECT id, '\(time)', '\(time)' FROM calls"
      )
      let facts = try await readAll(fixture.store)
      #expect(facts.newestCall == at("11:00").adding(seconds: -61))
      try await fixture.pool.run("UPDATE sync_state SET covered_until = '\(time)'")
      #expect(try await fixture.store.coverage(now: Self.now).coveredUntil == nil)
      #expect(try await fixture.store.coverage(now: Self.now).newestCall == facts.newestCall)
      #expect(
        try await fixture.store.unsettled(limit: 9).map(\.askedAt) == Array(repeating: .epoch, count: 3))
      #expect(try await fixture.store.inspect().databaseTime != nil)

      try await fixture.commit([call, transfer])
      #expect(
        try await fixture.pool.lines(
          "SELECT concat_ws(' ', ended_at = effective_at, call_date > '2026-01-01', twilio_updated_at < '2027-01-01') FROM calls WHERE id = $1",
          [.text(makeSID(1).text)]) == ["t t t"])
      #expect(try await fixture.decision(makeSID(3)) == Decision(4, StoreFixture.own(4)))
    }
  }

  @Test(
    "A mark, run, hole or alert with a time that is none counts as without, and is overcome", arguments: times
  )
  func records(time: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "UPDATE sync_state SET covered_until = '\(time)'",
        "INSERT INTO sync_alerts (name, firing_since, told_firing, claim, claimed_until) VALUES ('no_run', '\(time)', false, \(Int64.max), '\(time)') ON CONFLICT (name) DO UPDATE SET firing_since = excluded.firing_since, told_firing = false, claim = excluded.claim, claimed_until = excluded.claimed_until",
        "INSERT INTO sync_holes VALUES ('\(time)', '2026-01-02Z'), ('2026-01-03Z', '\(time)')",
        "INSERT INTO sync_holes VALUES ('2026-01-04Z', '2026-01-05Z')",
        "UPDATE schema_migrations SET applied_at = '\(time)' WHERE version = 3",
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, period_start, period_end)
        SELECT kind, state, 'test', '\(time)', '\(time)', '\(time)', '\(time)'
        FROM unnest(ARRAY['hourly', 'historical', 'reattribute']) kind,
          unnest(ARRAY['succeeded', 'failed', 'interrupted', 'running']) state
        """)
      let facts = try await readAll(fixture.store)
      #expect(facts.coveredUntil == nil && facts.firingSince.isEmpty && facts.installedAt != nil)
      #expect(facts.gaps.map(\.start) == [makeTime("2026-01-04T00:00:00Z")])
      #expect(try await fixture.store.runs(limit: 50).count == 13)
      #expect(facts.runs[.historical]?.ended.count == 3 && facts.runs[.historical]?.lastSuccess == nil)

      let record = try #require(try await fixture.store.alertRecords()[.noRun])
      #expect(record.claimedFor == 0)
      let alert = Alert(.noRun, isFiring: true, since: nil, detail: "x", whatToDo: nil)
      try await fixture.store.record([alert], now: Self.now)
      #expect(try await fixture.store.claim(alert, after: record.claim) == 1)
      #expect(try await fixture.store.claim(alert, after: 1) == nil)

      try await fixture.commit([], marks: [.coverageBegins(at("10:00"))])
      #expect(try await fixture.store.status(now: Self.now).coveredUntil == at("10:00"))
      try await fixture.pool.run("UPDATE sync_state SET covered_until = '\(time)'")
      try await fixture.commit([], marks: [.coveredUntil(at("11:00"))])
      #expect(try await fixture.store.status(now: Self.now).coveredUntil == at("11:00"))
    }
  }

  @Test(
    "A lease that lasts longer than any run takes it is free, and one that was renewed is not",
    arguments: times)
  func lease(time: String) async throws {
    try await withStore { fixture in
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '\(time)'")
      #expect(try await fixture.store.runs(limit: 1).map(\.state) == [.interrupted])
      for kind in RunKind.allCases {
        let fence = try await fixture.store.begin(kind, requestedBy: "test", now: Self.now)
        let error = await #expect(throws: RunFailure.self) {
          try await fixture.store.begin(kind, requestedBy: "test", now: Self.now)
        }
        #expect(error?.kind == .alreadyRunning && (1...90).contains(error?.retryAfter ?? 0))
        try await fixture.store.renew(fence, counts: RunCounts())
      }
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '\(time)' WHERE kind = 'migrate'")
      #expect(try await makeMigrator(fixture.pool).run().isEmpty)
    }
  }

  @Test(
    "A lease's token and a run's counts may be any number",
    arguments: [Int64.min, -1, 0, 1_000_000_000_001, Int64.max])
  func numbers(number: Int64) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "UPDATE sync_leases SET expires_at = '-infinity', token = \(number)",
        """
        UPDATE sync_runs SET total_calls = \(number), saved_calls = \(number), case1_count = \(number),
          case2_count = \(number), case3_count = \(number), skipped_calls = \(number),
          twilio_requests = \(number), created_phones = \(number)
        """)
      let counts = try #require(try await fixture.store.runs(limit: 1).first?.counts)
      #expect(counts.totalCalls == Int(counted: number) && counts.storable == 3 * Int(counted: number))
      let fence = try await fixture.store.begin(.hourly, requestedBy: "test", now: Self.now)
      _ = try await fixture.store.commit(
        IntakePage(calls: [makeRing(makeSID(1), endedAt: at("10:00"))], readAt: Self.now, marks: []),
        fence: fence)
      _ = try await readAll(fixture.store)
    }
  }

  @Test(
    "A resync whose slices hold a time or number that is none is begun anew; the page shows no more than 100 %",
    arguments: times.map { "slice_end = '\($0)'" } + times.map { "slice_start = '\($0)'" } + [
      "number = \(Int64.max)", "number = -1", "total_calls = \(Int64.max)", "case1_count = \(Int64.max)",
    ])
  func slices(change: String) async throws {
    try await withStore { fixture in
      let first = try await fixture.store.begin(.historical, requestedBy: "test", now: Self.now)
      _ = try await fixture.store.openHistory(Self.request, restart: false, now: Self.now, fence: first)
      try await fixture.pool.run(
        "UPDATE sync_slices SET next_page = '/next', is_done = true",
        "UPDATE sync_slices SET \(change)",
        "INSERT INTO sync_slices (run_id, number, slice_start, slice_end) SELECT run_id, 9, slice_start, slice_end FROM sync_slices"
      )
      _ = try await readAll(fixture.store)
      let percent = try await fixture.store.pageFigures(now: Self.now).resync?.percent
      #expect((0...100).contains(percent ?? -1))
      _ = try await fixture.store.historyProgress(of: first).extended(to: .epoch)
      try await fixture.pool.run("UPDATE sync_leases SET expires_at = '-infinity'")
      let second = try await fixture.store.begin(.historical, requestedBy: "test", now: Self.now)
      let opened = try await fixture.store.openHistory(
        Self.request, restart: false, now: Self.now, fence: second)
      #expect(!opened.isContinued && opened.open.map(\.number) == [1])
    }
  }

  @Test("Older rows with times, durations and raw data of any form are adopted", arguments: times)
  func adopted(time: String) async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let pool = database.pool()
      try await OlderDatabase.make(on: pool)
      let raw = [
        "NULL", "'null'", "'[]'", "'[{\"sid\": 1}]'", "'\"text\"'", "'17'", "'{}'",
        "'{\"startTime\": \"44-03-15\", \"endTime\": 17, \"direction\": \"outbound-api\"}'",
        "'{\"startTime\": {\"a\": [1]}, \"endTime\": null, \"direction\": [\"outbound-api\"], \"price\": {}}'",
        "'{\"startTime\": \"99999-01-01T00:00:00Z\", \"direction\": \"trunking-originating\", \"price\": \"NaN\"}'",
      ]
      for (number, data) in raw.enumerated() {
        try await pool.run(
          """
          INSERT INTO calls (id, workspace_id, source, call_date, phone_from, phone_to, status, duration, raw_data)
          VALUES ('\(makeSID(500 + number).text)', 4, 'twilio', '\(time)', '+34910000004', '+34600000022',
            'completed', \(number.isMultiple(of: 2) ? "-5" : "2147483647"), \(data))
          """)
      }
      #expect(try await makeMigrator(pool).run() == everyMigration)
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      _ = try await readAll(store)
      let fence = try await store.begin(.hourly, requestedBy: "test", now: Self.now)
      _ = try await store.commit(
        IntakePage(
          calls: raw.indices.map { makeRing(makeSID(500 + $0), endedAt: at("10:00")) }, readAt: Self.now,
          marks: []), fence: fence)
      #expect(
        try await pool.line(
          "SELECT count(*) FROM calls WHERE call_date = $1::timestamptz",
          [.text(at("10:00").adding(seconds: -61).iso8601)])
          == String(raw.count))
    }
  }

  @Test(
    "A cost that is no amount is no reason to fail", arguments: ["NaN", "Infinity", "-Infinity", "1e400"])
  func costs(cost: String) async throws {
    try await withStore { fixture in
      let version = try await fixture.pool.line("SHOW server_version_num") ?? ""
      // Numbers have had infinities since PostgreSQL 14.
      guard cost == "NaN" || cost == "1e400" || (Int(version) ?? 0) >= 140_000 else { return }
      let call = makeRing(makeSID(1), endedAt: at("10:00"))
      try await fixture.commit([call])
      try await fixture.pool.run("UPDATE calls SET cost = '\(cost)'")
      _ = try await readAll(fixture.store)
      try await fixture.commit([call])
      #expect(try await fixture.pool.line("SELECT cost FROM calls") == "0.05600")
    }
  }
}
