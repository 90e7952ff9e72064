import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Logins that are refused for good", .timeLimit(.minutes(2)))
struct PostgresLoginTests {
  static let one = PostgresStatement("SELECT 1")

  private func pool(_ server: RawServer, _ clock: HandClock, _ options: String = "sslmode=disable")
    -> PostgresPool
  {
    PostgresPool(
      PostgresConfiguration("host=127.0.0.1 port=\(server.port) user=u gssencmode=disable \(options)"),
      clock: clock)
  }

  /// Has three callers ask a pool each second for three minutes.
  ///
  /// - Parameter count: How many logins there have been.
  /// - Returns: The seconds in which it logged in, and what the callers were told.
  private func ask(
    _ pool: PostgresPool, _ clock: HandClock, count: () -> Int
  ) async -> (logins: [Int], kinds: Set<PostgresError.Kind?>) {
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
      if count() > logins.count { logins.append(second) }
      clock.advance(by: .seconds(1))
    }
    return (logins, kinds)
  }

  private static let seconds = [0, 10, 30, 70, 130]

  @Test(
    "A few logins a minute, over all callers; meanwhile all hear the last word",
    arguments: [
      ("28P01", "password authentication failed"), ("28000", "no pg_hba.conf entry"),
      ("3D000", "database \"x\" does not exist"), ("XX000", "(ENOTFOUND) tenant/user x not found"),
      ("XX000", "(ECIRCUITBREAKER) too many authentication failures"), ("08P01", "no such user: x"),
      ("28000", "role \"u\" is not permitted to log in"), ("42501", "permission denied for database \"x\""),
      ("42704", "unrecognized configuration parameter \"x\""), ("22023", "invalid value for parameter \"x\""),
      ("08P01", "unsupported startup parameter: options"),
    ])
  func lasting(sqlstate: String, text: String) async throws {
    let server = try RawServer(greeting: PostgresReply.error(sqlstate, text))
    let clock = HandClock()
    let (logins, kinds) = await ask(pool(server, clock), clock) { server.connections }
    #expect(logins == Self.seconds && server.connections == 5)
    #expect(kinds.count == 1 && kinds.first != .some(nil))
  }

  @Test("So it is where a file of certificates is missing, or the server has another authority's")
  func certificates() async throws {
    // The server agrees to TLS; nothing more is needed.
    let agreeing = try RawServer(greeting: Array("S".utf8))
    let clock = HandClock()
    let missing = pool(agreeing, clock, "sslmode=verify-full sslrootcert=/nowhere/ca.pem")
    let (logins, kinds) = await ask(missing, clock) { agreeing.connections }
    #expect(logins == Self.seconds && kinds == [.certificateFile])

    guard PostgresCluster.speaksTLS else { return }
    let certificates = try TestCertificates()
    let cluster = try await PostgresCluster(withTCP: true)
    try await cluster.stop()
    try cluster.useTLS(certificates.selfSigned(for: "localhost"))
    try await cluster.start()
    let proxy = try TCPProxy(to: .tcp(port: cluster.tcpPort ?? 0))
    let later = HandClock()
    let strange = PostgresPool(
      PostgresConfiguration(
        "host=localhost hostaddr=127.0.0.1 port=\(proxy.port) user=u dbname=postgres gssencmode=disable "
          + "sslmode=verify-full sslrootcert=\(certificates.authorities)"), clock: later)
    let (others, words) = await ask(strange, later) { proxy.accepted }
    #expect(others == Self.seconds && words == [.untrustedCertificate])
    await strange.close()
    await cluster.remove()
    withExtendedLifetime(certificates) {}
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
