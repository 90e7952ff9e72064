import CallDomain
import CallStore
import TestSupport
import Testing

@Suite("What the database knows about how the service stands", .keepsFailedDatabases)
struct StatusTests {
  private static let now = at("12:00")

  @Test("An installation without a run knows when it was made, and nothing else")
  func fresh() async throws {
    try await withStore { fixture in
      let facts = try await fixture.store.status(now: Self.now)
      #expect(facts.installedAt != nil)
      #expect(facts.coveredUntil == nil && facts.newestCall == nil && facts.gaps.isEmpty)
      #expect(facts.callsOfDay == 0 && facts.unsettledCalls == 0 && facts.firingSince.isEmpty)
      #expect(facts.runs[.hourly]?.last?.state == .running && facts.runs[.hourly]?.ended.isEmpty == true)
      #expect(facts.runs[.historical] == nil)
    }
  }

  @Test("The calls of the last 24 hours are counted, those in the default workspace apart")
  func calls() async throws {
    try await withStore { fixture in
      let moments = [at("11:00"), at("09:00"), Self.now.adding(hours: -25)]
      try await fixture.commit(
        moments.enumerated().map { index, moment in makeRing(makeSID(index), endedAt: moment) }
          + [makeRing(makeSID(9), from: "+34999000111", endedAt: at("10:00"))],
        marks: [.coveredUntil(at("11:30"))])
      try await fixture.pool.run(
        """
        INSERT INTO calls (id, source, workspace_id, call_date)
        VALUES ('conv_1', 'elevenlabs', 1, '2026-03-01T11:59:00Z')
        """,
        "INSERT INTO sync_holes (period_start, period_end) VALUES ('2026-01-02Z', '2026-01-03Z'), ('2026-01-01Z', '2026-01-01T06:00:00Z')"
      )
      let facts = try await fixture.store.status(now: Self.now)
      #expect(facts.callsOfDay == 3 && facts.defaultCallsOfDay == 1)
      #expect(facts.newestCall == at("11:00").adding(seconds: -61) && facts.coveredUntil == at("11:30"))
      #expect(
        facts.gaps == [
          Period(start: makeTime("2026-01-01T00:00:00Z"), end: makeTime("2026-01-01T06:00:00Z")),
          Period(start: makeTime("2026-01-02T00:00:00Z"), end: makeTime("2026-01-03T00:00:00Z")),
        ])
    }
  }

  @Test("Of each kind the newest run, the last three that ended, and since when none succeeds")
  func runs() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "DELETE FROM sync_runs",
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, error)
        SELECT kind, state, 'test', moment, moment, CASE state WHEN 'failed' THEN 'Error ' || n END
        FROM (VALUES (1, 'hourly', 'succeeded'), (2, 'hourly', 'failed'), (3, 'historical', 'failed'),
          (4, 'hourly', 'failed'), (5, 'hourly', 'interrupted'), (6, 'hourly', 'failed')) AS r (n, kind, state),
          LATERAL (SELECT '2026-03-01T00:00:00Z'::timestamptz + n * INTERVAL '1 hour' AS moment) m
        """,
        // It says that it is running, and nobody holds the lease for it.
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at)
        VALUES ('hourly', 'running', 'test', '2026-03-01T07:00:00Z')
        """)
      let facts = try await fixture.store.status(now: Self.now)
      let hourly = try #require(facts.runs[.hourly])
      #expect(hourly.last?.state == .interrupted && hourly.last?.startedAt == at("07:00"))
      #expect(hourly.ended.map(\.state) == [.interrupted, .failed, .interrupted])
      #expect(hourly.ended[1].error == "Error 6")
      #expect(hourly.lastSuccess == at("01:00") && hourly.failingSince == at("02:00"))
      #expect(
        facts.runs[.historical]?.lastSuccess == nil && facts.runs[.historical]?.failingSince == at("03:00"))
      #expect(facts.runs[.reattribute] == nil)
      let alerts = AlertRules().alerts(facts, now: Self.now)
      #expect(alerts.filter(\.isFiring).map(\.name).contains(.repeatedFailures))
    }
  }

  @Test("A success that is still to come counts from when its run began, by the database's clock")
  func futureSuccess() async throws {
    try await withStore { fixture in
      for (ahead, began) in [("9 minutes", false), ("11 minutes", true), ("3000 years", true)] {
        try await fixture.pool.run(
          "DELETE FROM sync_runs",
          """
          INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, began_at)
          VALUES ('hourly', 'succeeded', 'test', now(), now() + INTERVAL '\(ahead)', '2026-03-01T01:00:00Z')
          """)
        let success = try await fixture.store.status(now: Self.now).runs[.hourly]?.lastSuccess
        #expect((success == at("01:00")) == began, "\(String(describing: success))")
      }
    }
  }

  @Test(
    "A migration at a time that is none or still to come tells no age; where none tells one, silence is older than any",
    arguments: OddTimesTests.unbelieved)
  func installedAhead(time: String) async throws {
    try await withStore { fixture in
      func installedAt() async throws -> Timestamp? {
        try await fixture.store.status(now: Self.now).installedAt
      }
      try await fixture.pool.run("UPDATE schema_migrations SET applied_at = now() + INTERVAL '9 minutes'")
      let near = try #require(try await installedAt())
      #expect(near > Self.now)
      try await fixture.pool.run(
        "UPDATE schema_migrations SET applied_at = CASE WHEN version = 3 THEN '2026-02-01Z' ELSE \(time) END")
      #expect(try await installedAt() == makeTime("2026-02-01T00:00:00Z"))
      try await fixture.pool.run("UPDATE schema_migrations SET applied_at = \(time)")
      #expect(try await installedAt() == .epoch)
      // A success whose run began there, too, is none.
      try await fixture.pool.run(
        "DELETE FROM sync_runs",
        """
        INSERT INTO sync_runs (kind, state, requested_by, started_at, finished_at, began_at)
        VALUES ('hourly', 'succeeded', 'test', now(), now() + INTERVAL '11 minutes', \(time))
        """)
      let facts = try await fixture.store.status(now: Self.now)
      #expect(facts.runs[.hourly]?.lastSuccess == nil)
      let firing = AlertRules().alerts(facts, now: Self.now).filter(\.isFiring).map(\.name)
      #expect(firing == [.noCalls, .noRun])
    }
  }

  @Test("A database that no run can use and that can be read is told with what is read")
  func unusable() async throws {
    try await withStore { fixture in
      #expect(try await fixture.store.status(now: Self.now).unusable == nil)
      try await fixture.pool.run(
        "INSERT INTO schema_migrations (version, name, oldest_program) VALUES (999, 'x', 999)")
      let facts = try await fixture.store.status(now: Self.now)
      #expect(facts.unusable?.kind == .database(.newSchema) && facts.installedAt != nil)
    }
  }

  @Test("Calls that nobody asks for are counted until a resync of their days has asked for them again")
  func givenUp() async throws {
    try await withStore { fixture in
      try await fixture.commit((1...5).map { makeRing(makeSID($0), endedAt: at("10:00")) })
      try await fixture.pool.run(
        "UPDATE calls SET cost = NULL, duration = 60, status = 'completed', call_date = call_date - INTERVAL '9 days'",
        "DELETE FROM unsettled_calls",
        """
        INSERT INTO unsettled_calls (call_id, call_date, asked_at, given_up_at, gone_at)
        SELECT id, call_date, '2026-02-27Z', CASE WHEN n < 4 THEN timestamptz '2026-02-27Z' END,
          CASE WHEN n = 3 THEN timestamptz '2026-02-27Z' END
        FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM calls) numbered WHERE n < 5
        """, "UPDATE sync_runs SET kind = 'historical', started_at = '2026-02-28Z'")
      // One is gone, one is waited for; one is on no list.
      var facts = try await fixture.store.status(now: Self.now)
      #expect(facts.givenUpCalls == 3 && facts.unsettledCalls == 1)
      let day = Period(start: makeTime("2026-02-20T00:00:00Z"), end: makeTime("2026-02-21T00:00:00Z"))
      #expect(facts.givenUpPeriod == day)
      let other = Period(start: day.end, end: Self.now)
      for (asked, left) in [(other, 3), (day, 0)] {
        _ = try await fixture.store.closeHistory(asked, asked: asked, fence: fixture.fence)
        facts = try await fixture.store.status(now: Self.now)
        #expect(facts.givenUpCalls == left && facts.unsettledCalls == 1)
      }
      #expect(facts.givenUpPeriod == nil)
      // What is given up later is told again.
      try await fixture.pool.run(
        "UPDATE unsettled_calls SET given_up_at = '2026-02-28T12:00Z', asked_at = '2026-02-28T12:00Z'")
      _ = try await fixture.store.closeHistory(day, asked: day, fence: fixture.fence)
      #expect(try await fixture.store.status(now: Self.now).givenUpCalls == 4)
    }
  }

  @Test(
    "A call that was given up, asked for or made at a time that is none or still to come is told until a resync has asked",
    arguments: ["given_up_at", "asked_at", "given_up_at = asked_at", "call_date"], OddTimesTests.unbelieved)
  func givenUpAhead(columns: String, time: String) async throws {
    try await withStore { fixture in
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("10:00"))])
      try await fixture.pool.run(
        """
        INSERT INTO unsettled_calls (call_id, call_date, asked_at, given_up_at)
        SELECT id, call_date, '2026-02-27Z', '2026-02-27Z' FROM calls
        """, "UPDATE sync_runs SET kind = 'historical', started_at = '2026-02-28Z'")
      for column in columns.split(separator: " = ") {
        try await fixture.pool.run("UPDATE unsettled_calls SET \(column) = \(time)")
      }
      let facts = try await fixture.store.status(now: Self.now)
      #expect(facts.givenUpCalls == 1 && facts.unsettledCalls == 0)
      #expect((facts.givenUpPeriod == nil) == (columns == "call_date"))
      let asked = facts.givenUpPeriod ?? Period(start: at("00:00"), end: Self.now)
      _ = try await fixture.store.closeHistory(asked, asked: asked, fence: fixture.fence)
      #expect(try await fixture.store.status(now: Self.now).givenUpCalls == 0)
    }
  }

  @Test(
    "An audit at a time that is none or still to come is none, nor is one of a day still to come told",
    arguments: OddTimesTests.unbelieved)
  func auditsAhead(time: String) async throws {
    try await withStore { fixture in
      let day = Period(start: makeTime("2026-02-26T00:00:00Z"), end: makeTime("2026-02-27T00:00:00Z"))
      for (audited, due) in [("timestamptz '2026-03-01Z'", nil), (time, day)] {
        try await fixture.pool.run(
          "DELETE FROM sync_audits",
          """
          INSERT INTO sync_audits (day, run_id, kept, missing, audited_at)
          VALUES ('2026-02-26', 1, true, 1, \(audited)), ('2026-03-02', 1, true, 1, now())
          """)
        #expect(try await fixture.store.dueAudit(now: Self.now) == due)
        #expect(try await fixture.store.status(now: Self.now).audits.map(\.day) == [day.start])
      }
    }
  }

  @Test("An inspection finds numbers that are listed nowhere, twice, or without a workspace")
  func inspection() async throws {
    try await withStore { fixture in
      let clean = try await fixture.store.inspect()
      #expect(clean.unlisted.isEmpty && clean.shared.isEmpty)
      #expect(clean.phonesWithoutWorkspace == 0 && clean.databaseTime != nil)
      try await fixture.commit([makeRing(makeSID(1), endedAt: at("10:00"))])
      try await fixture.pool.run(
        "ALTER TABLE workspaces ADD COLUMN phone_number TEXT",
        "UPDATE workspaces SET phone_number = CASE id WHEN 1 THEN 'default:1' WHEN 4 THEN '0034910000004' ELSE '910 000 0' || id END",
        "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (6, '+34 910 000 004'), (NULL, '+34911')"
      )
      let found = try await fixture.store.inspect()
      #expect(found.unlisted.map(\.workspace.number) == [5, 6])
      #expect(found.unlisted.map(\.number.canonical) == ["91000005", "91000006"])
      #expect(found.shared.flatMap { $0.rows.map(\.workspace?.number) } == [4, 6])
      #expect(found.phonesWithoutWorkspace == 1)
    }
  }
}
