import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("What the status page adds up", .keepsFailedDatabases)
struct PageFiguresTests {
  private static let now = makeTime("2026-03-31T10:20:30Z")

  /// What the plain model is made of.
  private struct Row {
    let workspace: Int
    let date: Timestamp
    let seconds: Int?
    let cents: Int?
    let unit: String?
    let isUnmatched: Bool
  }

  private static func rows(_ random: inout SeededRandom) -> [Row] {
    (0..<random.number(in: 0...300)).map { _ in
      let isPriced = random.chance(80)
      return Row(
        workspace: [1, 4, 5][random.number(in: 0...2)],
        date: now.adding(minutes: -random.number(in: 0...(32 * 1440))),
        seconds: random.chance(90) ? random.number(in: 0...400) : nil,
        cents: isPriced ? random.number(in: 0...500) : nil,
        unit: isPriced ? random.one(of: "USD", "EUR") : nil,
        isUnmatched: random.chance(10))
    }
  }

  private func insert(_ rows: [Row], into pool: PostgresPool) async throws {
    for (index, row) in rows.enumerated() {
      _ = try await pool.repeatable(
        PostgresStatement(
          """
          INSERT INTO calls (id, source, workspace_id, call_date, duration, cost, price_unit, direction, phone_number,
            status)
          VALUES ($1, 'twilio', $2::bigint, $3::timestamptz, $4::integer, $5::numeric / 100, $6, $7, $8,
            'completed')
          """,
          [
            .text("CA\(index)"), .int(Int64(row.workspace)), .text(row.date.iso8601),
            row.seconds.map { .text("\($0)") } ?? .null, row.cents.map { .text("\($0)") } ?? .null,
            row.unit.map { .text($0) } ?? .null,
            .text(row.isUnmatched ? "trunking-originating" : "outbound-api"),
            row.isUnmatched ? .null : .text(StoreFixture.own(4)),
          ]))
    }
  }

  @Test(
    "A directory in which nobody has given a number a workspace is known",
    arguments: [
      ("DELETE FROM workspace_phones", false), ("UPDATE workspace_phones SET workspace_id = NULL", false),
      ("UPDATE workspace_phones SET workspace_id = 1, is_primary = false", false),
      ("UPDATE workspace_phones SET workspace_id = 1", true),
      ("UPDATE workspace_phones SET is_primary = false", true),
    ])
  func assignedNumbers(change: String, isAny: Bool) async throws {
    try await withStore { fixture in
      try await fixture.pool.run(change)
      #expect(try await fixture.store.pageFigures(now: Self.now).hasAssignedNumbers == isAny)
      let inspection = try await fixture.store.inspect()
      #expect((inspection.assignedNumbers > 0) == isAny)
      let finding = inspection.findings(now: Self.now).first { $0.check == "directorio" }
      #expect(finding?.level == (isAny ? .ok : .warning))
    }
  }

  @Test("Hours, days, minutes and costs are those of a plain model")
  func figures() async throws {
    try await forEachSeed(3) { random in
      let rows = Self.rows(&random)
      try await withStore { fixture in
        try await insert(rows, into: fixture.pool)
        let figures = try await fixture.store.pageFigures(now: Self.now)
        let shown = rows.filter { $0.date >= Self.now.startOfDay.adding(hours: -29 * 24) }
        let hour = makeTime("2026-03-30T11:00:00Z")
        let days = Dictionary(grouping: shown) { "\($0.date.isoDate) \($0.workspace)" }.mapValues(\.count)
        let hours = Dictionary(grouping: shown.filter { $0.date >= hour }) {
          "\($0.date.iso8601.prefix(13)) \($0.workspace)"
        }.mapValues(\.count)
        try #require(counts(figures.days) { $0.isoDate } == days)
        try #require(counts(figures.hours) { String($0.iso8601.prefix(13)) } == hours)
        try #require(figures.unmatchedTransfers == shown.count(where: \.isUnmatched))
        for total in figures.totals {
          let own = shown.filter {
            $0.workspace == total.workspace.map { Int($0.number) } && $0.unit == total.unit
          }
          try #require(total.calls == own.count)
          try #require(total.minutes == own.reduce(0) { $0 + (($1.seconds ?? 0) + 59) / 60 })
          try #require(total.unpriced == own.count { $0.cents == nil && ($0.seconds ?? 0) > 0 })
          let cents = own.compactMap(\.cents)
          try #require(
            total.cost.flatMap(Double.init) == (cents.isEmpty ? nil : Double(cents.reduce(0, +)) / 100))
        }
        try #require(figures.totals.reduce(0) { $0 + $1.calls } == shown.count)
      }
    }
  }

  private func counts(_ buckets: [PageFigures.Bucket], _ name: (Timestamp) -> String) -> [String: Int] {
    Dictionary(
      buckets.map { ("\(name($0.start)) \($0.workspace?.number ?? 0)", $0.calls) },
      uniquingKeysWith: { $0 + $1 })
  }

  @Test(
    "What is behind the default workspace's share: numbers by case, transfers apart, what nothing decided")
  func defaultShares() async throws {
    try await withStore { fixture in
      let (own, other) = ("+34999000111", "+34600000033")
      try await fixture.commit([
        makeRing(makeSID(1), from: own, endedAt: at("10:00")),
        makeRing(makeSID(2), from: own, endedAt: at("10:10")),
        makeRing(makeSID(3), from: own, endedAt: at("10:20"), direction: .trunkingTerminating),
        makeRing(makeSID(4), from: "anonymous", endedAt: at("10:30")),
        makeRing(makeSID(5), endedAt: at("10:40")),
        makeTransfer(makeSID(6), endTime: at("10:01")), makeTransfer(makeSID(7), endTime: at("10:02")),
        makeTransfer(makeSID(8), from: other, endTime: at("10:03")),
        makeTransfer(makeSID(9), from: other, endTime: at("10:04")),
        makeTransfer(makeSID(10), endTime: at("10:41")),
        // More than a day ago.
        makeRing(makeSID(11), from: own, endedAt: at("10:00").adding(hours: -24)),
      ])
      // It was of a case and is of none now: no search for a case finds it.
      try await fixture.pool.run("UPDATE calls SET direction = 'inbound' WHERE id = '\(makeSID(2).text)'")
      let figures = try await fixture.store.pageFigures(now: at("10:59"))
      #expect(
        Set(figures.defaultShares) == [
          PageFigures.DefaultShare(.number(own, .outboundAPI), calls: 1),
          PageFigures.DefaultShare(.number(own, .trunkingTerminating), calls: 1),
          PageFigures.DefaultShare(.relatedTransfers, calls: 2),
          PageFigures.DefaultShare(.unmatched, calls: 2),
          PageFigures.DefaultShare(.withheld, calls: 1),
        ])
      #expect(figures.defaultShares.map(\.calls) == [2, 2, 1, 1, 1])
    }
  }

  @Test("The numbers behind the default workspace, names, runs, and how far a resync has come")
  func rest() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        makeRing(makeSID(1), from: "+34999000111", endedAt: at("10:00")),
        makeRing(makeSID(2), from: "+34999000111", endedAt: at("10:10")),
        makeRing(makeSID(3), from: "+34999000222", endedAt: at("10:20")),
        makeRing(makeSID(4), endedAt: at("10:30")),
      ])
      let fence = try await fixture.store.begin(.historical, requestedBy: "test", now: at("12:00"))
      _ = try await fixture.store.openHistory(
        HistoryRequest(since: makeTime("2025-01-01T00:00:00Z"), until: nil), restart: false, now: at("12:00"),
        fence: fence)
      try await fixture.pool.run(
        """
        INSERT INTO sync_slices (run_id, number, slice_start, slice_end)
        SELECT run_id, 99, slice_start - 3 * (slice_end - slice_start), slice_start FROM sync_slices
        """,
        "UPDATE sync_slices SET is_done = true WHERE number = (SELECT min(number) FROM sync_slices)")
      let figures = try await fixture.store.pageFigures(now: at("12:00"))
      #expect(
        figures.defaultShares == [
          PageFigures.DefaultShare(.number("+34999000111", .outboundAPI), calls: 2),
          PageFigures.DefaultShare(.number("+34999000222", .outboundAPI), calls: 1),
        ])
      #expect(figures.names[WorkspaceID(4)] == "cuatro" && figures.names.count == 4)
      #expect(figures.runs.map(\.kind) == [.historical, .hourly])
      let slices = try await fixture.pool.line("SELECT count(*) FROM sync_slices").flatMap { Int($0) }
      #expect(figures.resync?.doneSlices == 1 && figures.resync?.slices == slices)
      #expect(figures.resync?.percent == 25)
      #expect(figures.defaultWorkspace == WorkspaceID(1))
    }
  }
}
