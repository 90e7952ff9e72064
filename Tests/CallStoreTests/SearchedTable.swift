import CallDomain
import Postgres
import TestSupport

/// A month of calls with dates of every kind, and what is looked for in it.
struct SearchedTable: Sendable {
  /// A stored call as the plain filter sees it.
  struct Row: Sendable {
    let call: Call
    let workspace: WorkspaceID
    let phoneNumber: String?
    /// When it began, in microseconds; nil for none.
    let began: Int64?
  }

  /// A date that others wrote: as SQL, and what it counts as.
  private static let dates: [(sql: String, began: Int64?)] = [
    ("NULL", nil), ("'infinity'", nil), ("'-infinity'", nil), ("'0044-03-15 BC'", nil),
    ("'294276-12-31'", nil),
    ("'2026-03-05 10:00:00Z'", 1_772_704_800_000_000),
    ("'2026-03-05 10:00:00.000001Z'", 1_772_704_800_000_001),
    ("'2026-03-05 10:00:00.0005Z'", 1_772_704_800_000_500),
    ("'9000-01-01 00:00:00.123457Z'", 221_845_392_000_123_457),
    ("'9000-01-01 00:00:00.123458Z'", 221_845_392_000_123_458), ("'1969-12-31 23:59:59.5Z'", -500_000),
  ]

  private var calls: [Call]
  /// The dates that are changed.
  private var changed: [CallSID: Int] = [:]
  /// What is looked for, and how many calls a part has.
  private(set) var searches: [(CallSearch, limit: Int)] = []

  init(_ random: inout SeededRandom) {
    var generator = CallGenerator(random: SeededRandom(seed: random.next()))
    calls = generator.month(calls: random.number(in: 50...150)).calls.filter { $0.attributionCase != nil }
    for index in calls.indices {
      if calls[index].attributionCase == .transfer {
        calls[index].to = calls[index].to.flatMap { Self.target($0, &random) }
      }
      if random.chance(50) { changed[calls[index].sid] = random.number(in: 0...Self.dates.count - 1) }
    }
    for filter in Filter.allCases { add(&random, [filter]) }
    for _ in 0..<25 { add(&random, Filter.allCases.filter { _ in random.chance(30) }) }
  }

  /// Another spelling of the number that a transfer went to.
  private static func target(_ written: String, _ random: inout SeededRandom) -> String? {
    guard let number = PhoneNumber(written), random.chance(70) else { return written }
    return random.chance(50)
      ? random.element(of: number.spellings)
      : random.element(of: number.beginnings).map { $0 + "x@pbx.example" }
  }

  // MARK: What is looked for

  private enum Filter: CaseIterable {
    case none, workspace, isWithoutWorkspace, number, cases, isUnmatched, isUnpriced, status, since, until
  }

  private mutating func add(_ random: inout SeededRandom, _ filters: [Filter]) {
    var search = CallSearch()
    for filter in filters {
      let call = random.element(of: calls)
      switch filter {
      case .none: break
      case .workspace: search.workspace = WorkspaceID(random.one(of: 1, 4, 5, 6, 77))
      case .number: search.number = random.one(of: PhoneNumber(call?.from), PhoneNumber(call?.to))
      case .isWithoutWorkspace: search.isWithoutWorkspace = true
      case .cases: search.cases = Set(AttributionCase.all.filter { _ in random.chance(50) })
      case .isUnmatched: search.isUnmatched = random.chance(50)
      case .isUnpriced: search.isUnpriced = random.chance(50)
      case .status: search.status = random.one(of: call?.status?.text, "no such status")
      case .since: search.since = random.one(of: call?.callDate, makeTime("2026-03-05T10:00:00Z"))
      case .until: search.until = random.one(of: call?.callDate, makeTime("2026-03-05T10:00:00Z"))
      }
    }
    searches.append((search, limit: random.one(of: 1, 2, 7, 50, calls.count, 500)))
  }

  // MARK: What is there

  /// Takes the calls in, spreads them over workspaces and changes dates.
  func store(in fixture: StoreFixture) async throws -> [Row] {
    var rest = calls[...]
    while !rest.isEmpty {
      try await fixture.commit(Array(rest.prefix(40)))
      rest = rest.dropFirst(40)
    }
    try await fixture.pool.run(
      "UPDATE calls SET workspace_id = (ARRAY[1, 4, 5, 6, NULL])[1 + abs(hashtext(id)::bigint) % 5]")
    for (index, date) in Self.dates.enumerated() {
      let sids = changed.filter { $0.value == index }.map { "'\($0.key.text)'" }
      if sids.isEmpty { continue }
      try await fixture.pool.run(
        "UPDATE calls SET call_date = \(date.sql) WHERE id IN (\(sids.joined(separator: ", ")))")
    }
    let attributions = try await fixture.attributions()
    return calls.compactMap { call in
      attributions[call.sid].map { row in
        let own = call.callDate.map { $0.milliseconds * 1000 }
        return Row(
          call: call, workspace: row.workspace, phoneNumber: row.phoneNumber,
          began: changed[call.sid].map { Self.dates[$0].began } ?? own)
      }
    }
  }

  /// The plain filter.
  func expected(of search: CallSearch, among rows: [Row]) -> [CallSID] {
    let found = rows.filter { row in
      let call = row.call
      let isUnmatched = call.attributionCase == .transfer && row.phoneNumber == nil
      let isUnpriced = call.status == .completed && (call.duration ?? 0) > 0 && call.price == nil
      // A row without a workspace is read as one of -1.
      let hasWorkspace = row.workspace.number != -1
      guard search.workspace.map({ row.workspace == $0 }) ?? true,
        !search.isWithoutWorkspace || !hasWorkspace,
        search.cases.isEmpty || call.attributionCase.map(search.cases.contains) ?? false
      else { return false }
      return search.number.map { [PhoneNumber(call.from), PhoneNumber(call.to)].contains($0) } ?? true
        && search.isUnmatched.map { isUnmatched == $0 } ?? true
        && search.isUnpriced.map { isUnpriced == $0 } ?? true
        && search.status.map { call.status?.text == $0 } ?? true
        && search.since.map { since in row.began.map { $0 >= since.milliseconds * 1000 } ?? false } ?? true
        && search.until.map { until in row.began.map { $0 < until.milliseconds * 1000 } ?? false } ?? true
    }
    return found.sorted { left, right in
      (left.began ?? .min, left.call.sid) > (right.began ?? .min, right.call.sid)
    }.map(\.call.sid)
  }
}
