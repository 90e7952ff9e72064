import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite(
  "Plans on a table of 50,000 calls", .keepsFailedDatabases,
  .enabled("needs the server's auto_explain") { try await PostgresCluster.shared().brings("auto_explain") })
struct QueryPlanTests {
  // Half of them by a number of ours; a tenth rang one telephone that is used for testing.
  private static let calls =
    """
    INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration,
      cost, price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data)
    SELECT 'CA' || lpad(to_hex(n), 32, '0'), 4, 'twilio', own, lead, own, lead, 61, 0.056, 'USD', 'completed',
      CASE n % 4 WHEN 0 THEN 'trunking-originating' WHEN 1 THEN 'trunking-terminating'
        ELSE 'outbound-api' END, t, t, t, t,
      jsonb_build_object('startTime', to_char(t AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'price', '-0.056')
    FROM (SELECT n, timestamptz '2026-01-01T00:00:00Z' + n * interval '90 s' AS t,
      '+3491000000' || CASE n / 4 % 2 WHEN 0 THEN 4 ELSE 9 END AS own,
      CASE WHEN n % 10 = 0 THEN '+34600000022' ELSE '+346' || lpad((n * 7919 % 20011)::text, 8, '0') END AS lead
      FROM generate_series(1, 50000) n) made
    """

  private static let template = PostgresTemplate("many_calls") { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    try await PostgresTemplate.prepare(pool)
    // VACUUM marks rows as visible to all whose commit is on disk.
    try await pool.run(calls, "CHECKPOINT", "VACUUM calls", "ANALYZE")
    await pool.close(grace: .zero)
    if LeastPrivilege.isWanted { try await LeastPrivilege.grant(in: conninfo) }
  }

  /// Runs `body` with a function that commits a page and gives the plans of its statements.
  private func withPlans(
    _ body: (_ commit: ([Call]) async throws -> [QueryPlan]) async throws -> Void
  ) async throws {
    try await withPlannedStore { store, fence, plans in
      try await body { page in
        plans.removeAll()
        _ = try await store.commit(IntakePage(calls: page, readAt: at("12:00")), fence: fence)
        return plans.all
      }
    }
  }

  private func withPlannedStore(_ body: (CallStore, RunFence, QueryPlans) async throws -> Void) async throws {
    try await withStore(template: Self.template) { fixture in
      let name = fixture.database.name
      try await fixture.pool.run(
        "ALTER DATABASE \(name) SET session_preload_libraries = 'auto_explain'",
        "ALTER DATABASE \(name) SET auto_explain.log_min_duration = 0",
        "ALTER DATABASE \(name) SET auto_explain.log_analyze = on",
        "ALTER DATABASE \(name) SET auto_explain.log_format = 'json'",
        "ALTER DATABASE \(name) SET auto_explain.log_level = 'notice'")
      let plans = QueryPlans()
      // These settings hold for new sessions; a pooler would go on with its old ones.
      let pool = fixture.database.servicePool(direct: true) { $0.onNotice = plans.receive }
      let store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
      try await body(store, fixture.fence, plans)
    }
  }

  private func only(_ plans: [QueryPlan], _ fragment: String) throws -> QueryPlan {
    let matching = plans.filter { $0.sql.contains(fragment) }
    try #require(matching.count == 1, "\(matching.count) statements with \(fragment)")
    return matching[0]
  }

  /// A page of transfers and of calls that ring leads; `lead` of all of them, or leads of their own.
  private func page(_ size: Int, lead: String? = nil) -> [Call] {
    (0..<size).map { number in
      let party = lead ?? "+346" + String(20_100_000 + number * 31 % 20_000).suffix(8)
      return number.isMultiple(of: 2)
        ? makeRing(makeSID(100_000 + number), to: party, endedAt: at("09:50").adding(seconds: number))
        : makeTransfer(
          makeSID(100_000 + number), from: party, endTime: at("09:50").adding(seconds: number))
    }
  }

  @Test("What the numbers of the directory have done, and the calls that one decides, are found by index")
  func directory() async throws {
    try await withPlannedStore { store, _, plans in
      plans.removeAll()
      #expect(try await store.phones(now: at("12:00")).map(\.activity.calls).max() == 10_840)
      let spans = try only(plans.all, "SELECT n.number")
      #expect(spans.indexes == ["calls_by_caller"] && spans.scanned.isEmpty)
      plans.removeAll()
      let order = PhoneAssignment(
        number: makeNumber(StoreFixture.own(5)), workspace: WorkspaceID(6), movesPast: true,
        isRehearsal: false)
      #expect(try await store.calls(decidedBy: order).isEmpty)
      let decided = try only(plans.all, "SELECT DISTINCT lead_number")
      #expect(decided.indexes.contains("calls_by_caller") && decided.scanned.isEmpty, "\(decided)")
      let all = PhoneAssignment(
        number: makeNumber(StoreFixture.own(4)), workspace: WorkspaceID(6), movesPast: true,
        isRehearsal: false)
      #expect(try await store.calls(decidedBy: all).count == 23_747)
    }
  }

  @Test("No statement of a page reads the table from end to end", arguments: [2, 200, 1000])
  func noScan(size: Int) async throws {
    try await withPlans { commit in
      let plans = try await commit(page(size))
      #expect(plans.count >= 5)
      for plan in plans { #expect(!plan.scanned.contains("calls"), "\(plan.sql)") }
    }
  }

  @Test(
    "The evidence is found by its index, also of a lead that was rung 5,000 times",
    arguments: [nil, "+34600000022"])
  func candidates(lead: String?) async throws {
    try await withPlans { commit in
      let plan = try only(try await commit(page(20, lead: lead)), "LEFT JOIN LATERAL")
      #expect(plan.indexes.contains("calls_related"))
      #expect(plan.indexes.contains("calls_transfers_by_time"))
      // But for when the run began, which is looked up once.
      #expect(plan.scanned.isSubset(of: ["sync_runs"]))
      // The nearest call on each side is the first entry of the index: nothing is sorted.
      #expect(!plan.nodes.contains { $0.type.contains("Sort") })
    }
  }

  @Test("Stored rows and conflicts are found by the primary key")
  func primaryKey() async throws {
    try await withPlans { commit in
      let plans = try await commit(page(20))
      let stored = try only(plans, "LEFT JOIN unsettled_calls")
      #expect(stored.indexes.contains("calls_pkey"))
      let upserts = plans.filter { $0.sql.contains("INSERT INTO calls") }
      #expect(upserts.count == 2)
      for upsert in upserts { #expect(upsert.nodes.contains { $0.arbiters == ["calls_pkey"] }) }
    }
  }

  @Test("The attribution of stored transfers is written by the primary key")
  func reattribution() async throws {
    try await withPlans { commit in
      let ring = makeRing(
        makeSID(200_000), of: 5, to: "+34600000022", endedAt: makeTime("2026-01-01T12:00:00Z"))
      let plan = try only(try await commit([ring]), "UPDATE calls")
      #expect(plan.indexes.contains("calls_pkey"))
      #expect(plan.scanned.isEmpty)
    }
  }

  @Test("Whether an older program stored calls is known without looking at the others")
  func olderCalls() async throws {
    try await withPlannedStore { store, _, plans in
      let found = try await store.olderCalls(after: nil, limit: 1000)
      #expect(found == [])
      let plan = try only(plans.all, "effective_at IS NULL")
      #expect(plan.indexes == ["calls_unconverted"])
    }
  }

  @Test("How the service stands is known without reading the table, also when calls wait for their price")
  func status() async throws {
    try await withPlannedStore { store, _, plans in
      plans.removeAll()
      #expect(try await store.status(now: makeTime("2026-02-22T01:30:00Z")).givenUpCalls == 0)
      let facts = try only(plans.all, "FROM refused_calls")
      #expect(facts.indexes.contains("calls_unpriced") && !facts.scanned.contains("calls"), "\(facts)")
    }
  }

  @Test("The page adds up by its indexes alone, but for the last day's calls in the default workspace")
  func pageFigures() async throws {
    try await withPlannedStore { store, _, plans in
      // In the last hour of the calls.
      let now = makeTime("2026-02-22T01:30:00Z")
      plans.removeAll()
      let figures = try await store.pageFigures(now: now)
      #expect(figures.days.count == 30 && figures.hours.count == 24, "\(figures.hours.count) hours")
      let totals = try only(plans.all, "GROUPING SETS")
      #expect(totals.indexes == ["calls_billing"])
      #expect(totals.nodes.allSatisfy { $0.relation != "calls" || $0.type == "Index Only Scan" })
      let rest = try only(plans.all, "sync_slices")
      #expect(rest.nodes.contains { $0.index == "calls_unmatched" && $0.type == "Index Only Scan" })
      for plan in plans.all { #expect(!plan.scanned.contains("calls"), "\(plan.sql)") }
    }
  }

  private static let ofNumbers: Set = [
    "calls_by_caller", "calls_by_callee", "calls_related", "calls_transfers_by_time",
  ]

  /// What is looked for, and the indexes by which it is found.
  private static let searches:
    [(name: String, indexes: Set<String>, narrow: @Sendable (inout CallSearch) -> Void)] = [
      ("all", ["calls_billing"], { _ in }),
      ("a few days", ["calls_billing"], { $0.since = makeTime("2026-02-20T00:00:00Z") }),
      ("a workspace of few calls", ["calls_billing"], { $0.workspace = WorkspaceID(5) }),
      ("a status of few calls", ["calls_billing"], { $0.status = "canceled" }),
      (
        "a case of a workspace of few calls", ["calls_billing"],
        {
          $0.cases = [.transfer]
          $0.workspace = WorkspaceID(5)
        }
      ),
      ("a number of ours", ofNumbers, { $0.number = ours }),
      ("a lead", ofNumbers, { $0.number = PhoneNumber("+34600007919") }),
      (
        "a number of ours in a workspace of few calls", ofNumbers,
        {
          $0.number = ours
          $0.workspace = WorkspaceID(5)
        }
      ),
      (
        "a number of ours with a status of few calls", ofNumbers,
        {
          $0.number = ours
          $0.status = "canceled"
        }
      ),
      (
        "a telephone's transfers", ofNumbers.subtracting(["calls_related"]),
        {
          $0.number = PhoneNumber("+34600000022")
          $0.cases = [.transfer]
        }
      ),
      (
        "a number of ours, of which no call is without a price", ["calls_unpriced"],
        {
          $0.number = ours
          $0.isUnpriced = true
        }
      ),
      (
        "a callee, of which no call is without a related one", ["calls_unmatched"],
        {
          $0.number = PhoneNumber("+34600000022")
          $0.isUnmatched = true
        }
      ),
    ]
  private static let ours = PhoneNumber("+34910000004")

  @Test("A search finds the newest calls by its index and reads no table from end to end", arguments: 0..<12)
  func search(index: Int) async throws {
    let (name, indexes, narrow) = Self.searches[index]
    try await withPlannedStore { store, _, plans in
      var search = CallSearch()
      narrow(&search)
      plans.removeAll()
      let found = try await store.calls(search.within(now: makeTime("2026-02-22T01:30:00Z")))
      let made = plans.all.filter { $0.sql.contains("JOIN workspaces") }
      let isEmpty = name.hasSuffix("of few calls") || name.contains("of which no call")
      #expect(!made.isEmpty && found.calls.isEmpty == isEmpty, "\(name)")
      for plan in made {
        #expect(plan.indexes.isSuperset(of: indexes), "\(name): \(plan.indexes)")
        #expect(!plan.scanned.contains("calls"), "\(name)")
      }
      let dated = try #require(made.first)
      // Through the index of the time, a number is looked for among all calls that there are. It tells at once which
      // calls have no time.
      #expect(indexes.contains("calls_billing") || !dated.indexes.contains("calls_billing"), "\(name)")
      for node in made.dropFirst().flatMap(\.nodes) where node.index == "calls_billing" {
        #expect(node.type == "Bitmap Index Scan", "\(name)")
      }
      // No more rows are read than are listed, and one to know that there are more, but for a lead's.
      let ofLeads: Set = ["calls_related", "calls_transfers_by_time"]
      #expect(dated.mostRows(of: "calls", exceptBy: ofLeads) <= 52, "\(name)")
      guard name.hasSuffix("of few calls") else { return }
      for index in ["calls_billing", "calls_by_caller", "calls_by_callee"] where indexes.contains(index) {
        let isAlone = dated.nodes.contains { $0.index == index && $0.type == "Index Only Scan" }
        #expect(isAlone, "\(name): \(index)")
      }
    }
  }

  @Test(
    "Pending calls are looked up by their SIDs, however few they are, also those of a number",
    arguments: CallSearch.Pending.allCases, [nil, ours])
  func pending(which: CallSearch.Pending, number: PhoneNumber?) async throws {
    try await withPlannedStore { store, fence, plans in
      let calls = page(6).map { call in
        var call = call
        call.price = nil
        return call
      }
      _ = try await store.commit(IntakePage(calls: calls, readAt: at("12:00")), fence: fence)
      plans.removeAll()
      var search = CallSearch()
      search.pending = which
      search.number = number
      let found = try await store.calls(search)
      #expect(found.calls.count == (which == .givenUp ? 0 : number == nil ? 6 : 3))
      let made = plans.all.filter { $0.sql.contains("JOIN workspaces") }
      #expect(made.count == 2)
      for plan in made {
        #expect(plan.indexes.contains("calls_pkey") && !plan.scanned.contains("calls"), "\(plan)")
      }
    }
  }

  @Test("The candidates of a transfer are found by their index, also of a lead that was rung 5,000 times")
  func explanation() async throws {
    try await withPlannedStore { store, fence, plans in
      // Of the telephone that is used for testing.
      let transfer = makeSID(200_000)
      let call = makeTransfer(transfer, from: "+34600000022", endTime: makeTime("2026-01-20T12:00:00Z"))
      _ = try await store.commit(IntakePage(calls: [call], readAt: at("12:00")), fence: fence)
      plans.removeAll()
      let said = try #require(try await store.explanation(of: transfer))
      #expect(said.candidates.count == Explanation.mostCandidates)
      let candidates = try only(plans.all, "n.raw_data->>'dateCreated'")
      #expect(candidates.indexes == ["calls_related"])
      for plan in plans.all { #expect(!plan.scanned.contains("calls"), "\(plan.sql)") }
    }
  }
}
