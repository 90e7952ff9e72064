import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Logins that are refused for good", .timeLimit(.minutes(2)))
struct PostgresLoginTests {
  static let one = PostgresStatement("SELECT 1")

  private func pool(_ server: RawServer, _ clock: HandClock) -> PostgresPool {
    PostgresPool(
      PostgresConfiguration("host=127.0.0.1 port=\(server.port) user=u sslmode=disable gssencmode=disable"),
      clock: clock)
  }

  @Test(
    "A few logins a minute, over all callers; meanwhile all hear the last word",
    arguments: [
      ("28P01", "password authentication failed"), ("28000", "no pg_hba.conf entry"),
      ("3D000", "database \"x\" does not exist"), ("XX000", "(ENOTFOUND) tenant/user x not found"),
      ("XX000", "(ECIRCUITBREAKER) too many authentication failures"), ("08P01", "no such user: x"),
    ])
  func lasting(sqlstate: String, text: String) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, text))
    let clock = HandClock()
    let pool = pool(server, clock)
    var logins: [Int] = []
    var kinds: Set<PostgresError.Kind?> = []
    for second in 0...180 {
      await withTaskGroup(of: PostgresError.Kind?.self) { group in
        // The first one alone: several that log in before anybody was refused are as many logins.
        for _ in 0..<(second == 0 ? 1 : 3) {
          group.addTask {
            do {
              _ = try await pool.repeatable(Self.one)
              return nil
            } catch { return (error as? PostgresError)?.kind }
          }
        }
        for await kind in group { kinds.insert(kind) }
      }
      if server.connections > logins.count { logins.append(second) }
      clock.advance(by: .seconds(1))
    }
    #expect(logins == [0, 10, 30, 70, 130] && server.connections == 5)
    #expect(kinds.count == 1 && kinds.first != .some(nil))
  }

  @Test("What was mended is noticed at the next login, after which nothing is remembered")
  func mended() async throws {
    let cluster = try await PostgresCluster()
    let clock = HandClock()
    let pool = PostgresPool(PostgresConfiguration(cluster.conninfo(database: "later")), clock: clock)
    for _ in 0..<3 {
      let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
      #expect(error?.kind == .databaseMissing)
      clock.advance(by: .seconds(3))
    }
    _ = try await cluster.pool().withConnection {
      try await $0.query(PostgresStatement("CREATE DATABASE later"))
    }
    let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
    #expect(error?.cause.contains("not asked again") == true)
    clock.advance(by: .seconds(2))
    _ = try await pool.repeatable(Self.one)
    await pool.close()
    await cluster.remove()
  }

  @Test(
    "A server that is away, starts or is full is asked each time", arguments: ["57P03", "53300", "58000"])
  func passing(sqlstate: String) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, "later"))
    let pool = pool(server, HandClock())
    for _ in 0..<5 { _ = try? await pool.repeatable(Self.one) }
    #expect(server.connections == 5)
  }
}

/// A clock that the test moves; nobody wakes who sleeps by it.
private final class HandClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Duration

    func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let time = Mutex(Instant(offset: .zero))

  var now: Instant { time.withLock(\.self) }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    while true { try await Task.sleep(for: .seconds(3600)) }
  }

  func advance(by duration: Duration) {
    time.withLock { $0 = $0.advanced(by: duration) }
  }
}
