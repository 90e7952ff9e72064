import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("What connections tell whoever counts", .timeLimit(.minutes(2)))
struct PostgresActivityTests {
  private final class Notes: Sendable {
    let lines = Mutex<[String]>([])

    func take(_ activity: PostgresActivity) {
      let line =
        switch activity {
        case .connectFailed(let error): "no connection: \(error.kind)"
        case .roundTrip(let statements, let duration, let failure):
          "\(statements) \(duration > .zero) \(failure.map { "\($0.kind)" } ?? "done")"
        }
      lines.withLock { $0.append(line) }
    }
  }

  @Test("Each round trip is told once, with its statements, its time and its failure")
  func roundTrips() async throws {
    let notes = Notes()
    let pool = try await PostgresCluster.shared().pool { $0.onActivity = notes.take }
    _ = try await pool.repeatable(PostgresStatement("SELECT 1"))
    try await pool.withTransaction(opening: [PostgresStatement("SELECT 1")]) { transaction in
      _ = try await transaction.query(PostgresStatement("SELECT 2"))
    }
    let error = await #expect(throws: PostgresError.self) {
      try await pool.repeatable(PostgresStatement("SELECT nothing"))
    }
    #expect(error?.kind == .undefinedColumn)
    await pool.close()
    // BEGIN and the settings before one statement and after it COMMIT; before an opening one, then the one inside
    // and COMMIT; what failed is rolled back.
    #expect(
      notes.lines.withLock { $0 } == ["4 true done", "3 true done", "1 true done", "1 true done"]
        + ["4 true undefinedColumn", "1 true done"])
  }

  @Test("A server that is not there is told as a connection that failed")
  func noServer() async throws {
    let notes = Notes()
    var configuration = PostgresConfiguration("host=127.0.0.1 port=1 dbname=x user=x")
    configuration.onActivity = notes.take
    let pool = PostgresPool(configuration)
    await #expect(throws: PostgresError.self) { try await pool.repeatable(PostgresStatement("SELECT 1")) }
    #expect(notes.lines.withLock { $0 } == ["no connection: unreachable"])
  }
}
