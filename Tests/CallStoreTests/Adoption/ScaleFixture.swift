import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport

/// A migrated table with many calls: a tenth of them to one telephone used for testing, which also
/// transferred one call in a thousand; of the others a tenth are transfers.
struct ScaleFixture: Sendable {
  let database: PostgresTestDatabase
  let pool: PostgresPool
  let store: CallStore
  let fence: RunFence
  let calls: Int

  static let testLead = "+34610000000"
  private static let start = makeTime("2025-08-01T00:00:00Z")
  static let now = makeTime("2026-03-01T12:00:00Z")

  init(_ calls: Int, on database: PostgresTestDatabase) async throws {
    self.database = database
    self.calls = calls
    pool = database.pool { $0.statementLimit = .seconds(600) }
    store = CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
    try await Self.fill(pool, from: 1, to: calls, of: calls)
    try await pool.run("VACUUM ANALYZE calls", "CHECKPOINT")
    fence = try await store.begin(.hourly, requestedBy: "test", now: Self.now)
  }

  // Each lead is rung by one number of ours, so that what is stored is attributed rightly.
  private static func fill(_ pool: PostgresPool, from: Int, to: Int, of calls: Int) async throws {
    _ = try await pool.repeatable(
      PostgresStatement(
        """
        INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, phone_number, lead_number,
          duration, cost, price_unit, status, direction, call_date, ended_at, effective_at,
          twilio_updated_at, raw_data)
        SELECT id, 4 + lead_number % 3, 'twilio', CASE WHEN is_transfer THEN lead ELSE own END,
          CASE WHEN is_transfer THEN 'sip:pbx@acme.example' ELSE lead END, own, lead, 60, 0.01700, 'USD',
          'completed', direction, moment, moment + interval '60 s', moment + interval '60 s',
          moment + interval '70 s',
          jsonb_build_object('sid', id, 'from', own, 'to', lead, 'duration', '60', 'status', 'completed',
            'direction', direction, 'startTime', moment, 'endTime', moment, 'price', '-0.01700',
            'priceUnit', 'USD')
        FROM (
          SELECT id, moment, lead_number, is_transfer, direction, '+346' || lead_number AS lead,
            '+3491000000' || 4 + lead_number % 3 AS own
          FROM (
            SELECT 'CA' || md5(i::text) AS id,
              timestamptz '2025-08-01Z' + i * (interval '212 days' / $3::bigint) AS moment,
              CASE WHEN i % 10 = 0 THEN 10000000
                ELSE 10000001 + hashint8(i) % ($3::bigint * 6 / 100) + $3::bigint * 6 / 100 END AS lead_number,
              i % 1000 = 0 OR i % 10 = 1 AS is_transfer,
              CASE WHEN i % 1000 = 0 OR i % 10 = 1 THEN 'trunking-originating'
                ELSE 'outbound-api' END AS direction
            FROM generate_series($1::bigint, $2::bigint) AS i
          ) numbered
        ) n
        """, [.int(Int64(from)), .int(Int64(to)), .int(Int64(calls))]))
  }

  /// A page of new calls of the newest hour, a tenth of them transfers.
  ///
  /// - Parameter hour: Pages of different hours have different calls.
  func page(_ count: Int, hour: Int, ringsTestLead: Bool = false) -> [Call] {
    (0..<count).map { index in
      let number = hour * 10_000 + index
      // The leads of stored calls, scattered.
      let leads = calls * 12 / 100
      let isTest = ringsTestLead && index % 10 == 0
      let leadNumber = isTest ? 10_000_000 : 10_000_001 + (number &* 7919) % leads
      let lead = "+346\(leadNumber)"
      let end = Self.now.adding(minutes: 60 * hour).adding(seconds: index)
      if index % 10 == 1 { return makeTransfer(makeSID(number), from: lead, endTime: end) }
      return makeRing(makeSID(number), of: 4 + leadNumber % 3, to: lead, endedAt: end)
    }
  }

  /// Transfers of the test telephone, spread over the whole time.
  func testTransfers(_ count: Int, from number: Int) -> [Call] {
    (0..<count).map { index in
      let hours = index * 212 * 24 / count
      return makeTransfer(
        makeSID(number + index), from: Self.testLead,
        endTime: Self.start.adding(hours: hours).adding(seconds: 7))
    }
  }

  @discardableResult
  func commit(_ page: [Call], store other: CallStore? = nil) async throws -> PageOutcome {
    try await (other ?? store).commit(IntakePage(calls: page, readAt: Self.now), fence: fence)
  }

  /// A store whose statements' plans, as they were really run, are told to `onPlan`.
  func explainingStore(_ onPlan: @escaping @Sendable (String) -> Void) -> CallStore {
    let settings = [
      "session_preload_libraries=auto_explain", "auto_explain.log_min_duration=0",
      "auto_explain.log_analyze=on", "auto_explain.log_buffers=on", "auto_explain.log_level=notice",
      "auto_explain.log_nested_statements=off",
    ]
    let pool = database.pool(direct: true) { configuration in
      let options = settings.map { "-c \($0)" }.joined(separator: " ")
      configuration.connectionString += " options='\(options)'"
      configuration.onNotice = onPlan
    }
    return CallStore(pool: pool, defaultWorkspace: WorkspaceID(1))
  }
}
