import Postgres
import Synchronization
import TestSupport

/// Programs that read and write `calls` all the time, each over a connection of its own.
final class Traffic: Sendable {
  /// What one kind of program has seen.
  struct Report: Sendable {
    var statements = 0
    var longest = Duration.zero
    var failures: [String] = []
  }

  /// One kind of program: a statement, again and again.
  struct Program: Sendable {
    let name: String
    /// Between two statements.
    let pause: Duration
    let statement: @Sendable (_ round: Int) -> PostgresStatement
  }

  private let reports = Mutex<[String: Report]>([:])
  private let isOver = Mutex(false)

  /// How many statements a program has done so far.
  func statements(of name: String) -> Int { reports.withLock { $0[name]?.statements ?? 0 } }

  /// Runs `programs` while `work` runs, each at least once.
  func run(
    _ programs: [Program], on database: PostgresTestDatabase,
    during work: @escaping @Sendable () async throws -> Void
  ) async throws -> [String: Report] {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for program in programs {
        let pool = database.pool(direct: true) { $0.maximumConnections = 1 }
        group.addTask { try await self.loop(program, pool) }
      }
      defer { isOver.withLock { $0 = true } }
      try await work()
      isOver.withLock { $0 = true }
      try await group.waitForAll()
    }
    return reports.withLock(\.self)
  }

  private func loop(_ program: Program, _ pool: PostgresPool) async throws {
    var round = 0
    repeat {
      round += 1
      let begin = ContinuousClock.now
      var failure: String?
      do {
        _ = try await pool.withConnection { connection in
          try await connection.query(program.statement(round))
        }
      } catch {
        failure = "\(error)"
      }
      let time = begin.duration(to: .now)
      reports.withLock { reports in
        reports[program.name, default: Report()].statements += 1
        reports[program.name, default: Report()].longest = max(
          time, reports[program.name]?.longest ?? .zero)
        if let failure { reports[program.name, default: Report()].failures.append(failure) }
      }
      // Programs have something else to do as well; nothing waits for this.
      try await Task.sleep(for: program.pause)
    } while !isOver.withLock(\.self)
  }
}

extension Traffic.Program {
  /// A dashboard.
  static let reader = Self(name: "reader", pause: .milliseconds(10)) { _ in
    PostgresStatement(
      """
      SELECT raw_data->>'direction', count(*) FROM calls
      WHERE source = 'twilio' AND raw_data->>'direction' = 'outbound-api' GROUP BY 1
      """)
  }

  /// The older program's job: a batch of calls in any order, in one statement, unknown costs as 0.
  static let batchWriter = Self(name: "batch writer", pause: .milliseconds(50)) { round in
    PostgresStatement(
      """
      INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, duration, cost, status, call_date,
        raw_data)
      SELECT id, workspace_id, source, phone_from, phone_to, duration, coalesce(cost, 0), status, call_date,
        raw_data
      FROM (
        SELECT * FROM calls TABLESAMPLE SYSTEM (20) WHERE source = 'twilio' ORDER BY md5(id || $1::bigint)
        LIMIT 100
      ) batch
      ON CONFLICT (id) DO UPDATE SET status = excluded.status, duration = excluded.duration,
        cost = excluded.cost, raw_data = excluded.raw_data
      """, [.int(Int64(round))])
  }

  /// The same for one new call after the other.
  static let newCalls = Self(name: "new calls", pause: .milliseconds(10)) { round in
    PostgresStatement(
      """
      INSERT INTO calls (id, workspace_id, source, phone_from, phone_to, cost, status, call_date, raw_data)
      VALUES ('CAff' || md5($1::bigint::text), 4, 'twilio', '+34911000011', '+34610000001', 0, 'completed',
        now(), '{"direction": "outbound-api"}')
      ON CONFLICT (id) DO UPDATE SET status = excluded.status
      """, [.int(Int64(round))])
  }
}
