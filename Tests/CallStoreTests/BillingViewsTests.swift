import CallDomain
import CallStore
import Foundation
import Postgres
import TestSupport
import Testing

/// What calls come to, added up in the plainest way.
private struct Figures: Hashable {
  var calls = 0
  var answered = 0
  var seconds = 0
  var minutes = 0
  var cost: Decimal?
  var unpriced = 0

  mutating func add(seconds duration: Int?, cost price: Decimal?, isCompleted: Bool, isUnpriced: Bool) {
    calls += 1
    seconds += duration ?? 0
    minutes += ((duration ?? 0) + 59) / 60
    if let price { cost = price + (cost ?? 0) }
    guard isCompleted, (duration ?? 0) > 0 else { return }
    answered += 1
    unpriced += isUnpriced ? 1 : 0
  }
}

extension PostgresPool {
  /// The figures of a view by the rest of its columns.
  fileprivate func figures(_ key: String, of query: String) async throws -> [String: Figures] {
    let result = try await repeatable(
      PostgresStatement(
        """
        SELECT concat_ws('|', \(key)), calls, answered, seconds, billable_minutes, cost::text, unpriced FROM \(query)
        """))
    var all: [String: Figures] = [:]
    for row in result.rows {
      let key = try row.requiredText(0)
      try #require(all[key] == nil, "twice: \(key)")
      all[key] = try Figures(
        calls: Int(row.requiredInt(1)), answered: Int(row.requiredInt(2)), seconds: Int(row.requiredInt(3)),
        minutes: Int(row.requiredInt(4)), cost: row.text(5).flatMap { Decimal(string: $0) },
        unpriced: Int(row.requiredInt(6)))
    }
    return all
  }
}

@Suite("What the views of the bill add up", .keepsFailedDatabases)
struct BillingViewsTests {
  private static let dates: [(sql: String?, month: String, hour: String)] = [
    ("2026-02-28T23:59:59.999Z", "2026-02-01", "2026-02-28 23"),
    ("2026-03-01T00:00:00Z", "2026-03-01", "2026-03-01 00"),
    ("2026-03-29T01:30:00Z", "2026-03-01", "2026-03-29 01"),
    ("2026-03-31T23:30:00Z", "2026-03-01", "2026-03-31 23"), (nil, "-", "-"), ("infinity", "-", "-"),
    ("0044-03-15 BC", "-", "-"), ("294276-12-31", "-", "-"),
    ("0001-01-01T00:00:00Z", "0001-01-01", "0001-01-01 00"),
  ]
  private static let costs: [String?] = [
    nil, nil, "0", "0.0085", "0.00001", "1.25", "-0.5", "NaN", "Infinity", "1e20",
  ]

  @Test(
    "Odd rows, other sources and other directions change no figure of the rest",
    arguments: ["UTC", "Asia/Kolkata"])
  func againstModel(zone: String) async throws {
    try await forEachSeed(3) { random in
      try await withStore { fixture in
        var months: [String: Figures] = [:]
        var hours: [String: Figures] = [:]
        try await fixture.pool.run("ALTER TABLE calls ALTER source DROP NOT NULL")
        for number in 0..<random.number(in: 0...250) {
          let date = Self.dates[random.number(in: 0...Self.dates.count - 1)]
          let cost = Self.costs[random.number(in: 0...Self.costs.count - 1)]
          let seconds: Int? = random.one(of: nil, -5, 0, 1, 59, 60, 61, 3600, 2_147_483_647)
          let status = random.one(of: "completed", "completed", "busy", "in-progress", nil)
          let unit = random.one(of: "USD", "EUR", nil)
          let workspace = random.one(of: 1, 4, 5, nil)
          let source = random.chance(90) ? "twilio" : random.one(of: "elevenlabs", nil)
          let direction = random.one(
            of: "outbound-api", "trunking-terminating", "trunking-originating", "inbound", nil)
          try await fixture.pool.run(
            """
            INSERT INTO calls (id, source, workspace_id, call_date, duration, cost, price_unit, direction, status)
            VALUES ('CA\(number)', \(Self.sql(source)), \(Self.sql(workspace.map(String.init))),
              \(Self.sql(date.sql)), \(Self.sql(seconds.map(String.init))), \(Self.sql(cost)), \(Self.sql(unit)),
              \(Self.sql(direction)), \(Self.sql(status)))
            """)
          guard source == "twilio", let direction, direction != "inbound" else { continue }
          let price = cost.flatMap { ["NaN", "Infinity", "1e20"].contains($0) ? nil : Decimal(string: $0) }
          let place = "\(workspace.map(String.init) ?? "-")"
          let name = [1: "Sin asignar", 4: "cuatro", 5: "cinco"][workspace ?? 0] ?? "-"
          months["\(date.month)|\(place)|\(name)|\(unit ?? "-")", default: Figures()].add(
            seconds: seconds.map { max(0, $0) }, cost: price, isCompleted: status == "completed",
            isUnpriced: cost == nil)
          hours["\(date.hour)|\(place)|\(direction)|\(unit ?? "-")", default: Figures()].add(
            seconds: seconds.map { max(0, $0) }, cost: price, isCompleted: status == "completed",
            isUnpriced: cost == nil)
        }
        // Months and hours are UTC's, whatever the session's zone is.
        let name = try #require(await fixture.pool.line("SELECT current_database()"))
        try await fixture.pool.run("ALTER DATABASE \(name) SET timezone = '\(zone)'")
        let reader = fixture.database.pool(direct: true)
        let month =
          "coalesce(month::text, '-'), coalesce(workspace_id::text, '-'), coalesce(workspace_name, '-')"
        let found = try await reader.figures(
          month + ", coalesce(price_unit, '-')", of: "twilio_billing_monthly")
        try #require(found == months)
        let hour = "coalesce(to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24'), '-')"
        let hourly = try await reader.figures(
          "\(hour), coalesce(workspace_id::text, '-'), direction, coalesce(price_unit, '-')",
          of: "twilio_calls_hourly")
        try #require(hourly == hours)
      }
    }
  }

  private static func sql(_ value: String?) -> String { value.map { "'\($0)'" } ?? "NULL" }

  private static let guide = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Bootstrap/Documentation.docc/GUIA_OPERADORES.md")

  /// The block of the guide that asks for the bill.
  private func guideQuery() throws -> String {
    let blocks = try String(contentsOf: Self.guide, encoding: .utf8).components(separatedBy: "```sql\n")
      .dropFirst()
    let bill = blocks.map { $0.components(separatedBy: "```")[0] }.filter {
      $0.contains("twilio_billing_monthly")
    }
    return try #require(bill.first).replacing(";", with: "")
  }

  @Test(
    "Views, page, CSV and the guide's query show the same over a month with two currencies, late prices and moves"
  )
  func sameEverywhere() async throws {
    var moves = 0
    var (rounds, figures) = (0, 0)
    try await forEachSeed(3) { random in
      rounds += 1
      var generator = CallGenerator(random: SeededRandom(seed: random.next()))
      let month = generator.month(calls: random.number(in: 50...150))
      try await withStore { fixture in
        _ = try await fixture.pool.fillDirectory(month.directory)
        for round in 0..<(month.lives.map(\.count).max() ?? 0) {
          let page = month.lives.compactMap { life -> Call? in
            guard round < life.count else { return nil }
            var call = life[round]
            if call.priceUnit != nil, call.sid.text.utf8.last.map({ $0 % 3 == 0 }) == true {
              call.priceUnit = "EUR"
            }
            return call
          }
          try await fixture.commit(page)
        }
        moves += try await move(fixture)
        figures += try await compare(fixture)
      }
    }
    #expect(moves > 20 && figures > 3 * rounds)
  }

  /// Gives every number another workspace, and attributes all calls anew.
  ///
  /// - Returns: How many calls moved.
  private func move(_ fixture: StoreFixture) async throws -> Int {
    try await fixture.age()
    try await fixture.pool.run(
      "INSERT INTO workspaces (id, name) SELECT id + 10, name || ' bis' FROM workspaces",
      "UPDATE workspace_phones SET workspace_id = workspace_id + 10")
    let fence = try await fixture.store.begin(.reattribute)
    var moves = 0
    var last: CallSID?
    while true {
      let batch = try await fixture.store.storedCalls(after: last, since: nil, limit: 60)
      guard let end = batch.last else { return moves }
      last = end.sid
      let page = IntakePage(calls: batch, readAt: at("12:00"), isReread: true)
      moves += try await fixture.store.commit(page, fence: fence).moves.count
    }
  }

  /// - Returns: How many workspaces and currencies were compared.
  private func compare(_ fixture: StoreFixture) async throws -> Int {
    let (start, end) = (makeTime("2026-03-01T00:00:00Z"), makeTime("2026-04-01T00:00:00Z"))
    var search = CallSearch(limit: 500)
    (search.since, search.until) = (start, end)
    var listed: [String: Figures] = [:]
    for call in try await fixture.store.calls(search).calls where call.attributionCase != nil {
      listed["\(call.workspace?.number ?? 0)|\(call.priceUnit ?? "-")", default: Figures()].add(
        seconds: call.duration, cost: call.cost.flatMap { Decimal(string: $0) },
        isCompleted: call.status == "completed", isUnpriced: call.cost == nil)
    }
    let viewed = try await fixture.pool.figures(
      "workspace_id, coalesce(price_unit, '-')", of: "twilio_billing_monthly WHERE month = '2026-03-01'")
    try #require(viewed == listed)
    let hourly = try await fixture.pool.figures(
      "workspace_id, unit",
      of: """
        (SELECT workspace_id, coalesce(price_unit, '-') AS unit, sum(calls)::bigint AS calls,
          sum(answered)::bigint AS answered, sum(seconds)::bigint AS seconds,
          sum(billable_minutes)::bigint AS billable_minutes, sum(cost) AS cost, sum(unpriced)::bigint AS unpriced
        FROM twilio_calls_hourly WHERE hour >= '2026-03-01Z' AND hour < '2026-04-01Z' GROUP BY 1, 2) h
        """)
    try #require(hourly == listed)
    let guide = try await fixture.pool.figures(
      "workspace_id, coalesce(moneda, '-')",
      of: """
        (SELECT g.*, llamadas AS calls, atendidas AS answered, segundos AS seconds,
          minutos_facturables AS billable_minutes, costo AS cost, sin_precio AS unpriced FROM (\(guideQuery())) g
        WHERE mes = '2026-03-01') bill
        """)
    try #require(guide == listed)
    let now = makeTime("2026-05-01T00:00:00Z")
    let page = try await fixture.store.pageFigures(PageScope(since: start, until: end, now: now), now: now)
    try #require(page.totals.count == listed.count)
    for total in page.totals {
      let figures = try #require(listed["\(total.workspace?.number ?? 0)|\(total.unit ?? "-")"])
      try #require(total.calls == figures.calls && total.minutes == figures.minutes)
      try #require(total.unpriced == figures.unpriced)
      try #require(total.cost.flatMap { Decimal(string: $0) } == figures.cost)
    }
    let days = page.days.reduce(0) { $0 + $1.calls }
    try #require(days == listed.values.reduce(0) { $0 + $1.calls })
    return listed.count
  }
}
