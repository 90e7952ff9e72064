import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("PostgresPool", .timeLimit(.minutes(2)))
struct PostgresPoolTests {
  static let one = PostgresStatement("SELECT 1")
  static let backend = PostgresStatement("SELECT pg_backend_pid()")

  @Test("Never more connections are open than allowed, and all callers are served")
  func bounded() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 3 }
    let backends = try await withThrowingTaskGroup(of: Int64.self) { group in
      for _ in 0..<60 { group.addTask { try await pool.repeatable(Self.backend).rows[0].requiredInt(0) } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect((1...3).contains(backends.count))
    await pool.close()
  }

  private func numbers(of pool: PostgresPool) -> [Int] {
    let use = pool.use
    return [use.maximum, use.inUse, use.idle, use.waiting]
  }

  @Test("The use of the pool is told: lent, idle and waiting")
  func use() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    #expect(numbers(of: pool) == [1, 0, 0, 0])
    let second = try await pool.withConnection { _ in
      let second = Task { try await pool.repeatable(Self.one) }
      while pool.use.waiting < 1 { await Task.yield() }
      #expect(numbers(of: pool) == [1, 1, 0, 1])
      return second
    }
    _ = try await second.value
    #expect(numbers(of: pool) == [1, 0, 1, 0])
    await pool.close()
  }

  /// One by which nobody wakes before the test says so.
  private final class TickClock: Clock {
    private let (ticks, tell) = AsyncStream.makeStream(of: Void.self)
    /// How many have begun to wait.
    let sleeps = Atomic(0)
    var now: ContinuousClock.Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
      sleeps.add(1, ordering: .relaxed)
      for await _ in ticks { return }
      throw CancellationError()
    }

    func tick() { tell.yield() }
  }

  @Test("Connections that nobody has used for a minute are closed, but for the one used last")
  func unused() async throws {
    let clock = TickClock()
    var configuration = PostgresConfiguration(try await PostgresCluster.shared().conninfo())
    configuration.maximumConnections = 4
    let pool = PostgresPool(configuration, clock: clock)
    func use(_ count: Int) async throws {
      guard count > 0 else { return }
      try await pool.withConnection { _ in try await use(count - 1) }
    }
    try await use(3)
    #expect(numbers(of: pool) == [4, 0, 3, 0])
    let last = try await pool.repeatable(Self.backend).rows[0].requiredInt(0)
    for _ in 0..<2 { clock.tick() }
    while clock.sleeps.load(ordering: .relaxed) < 3 { await Task.yield() }
    try await use(2)
    // Two have been used meanwhile, the third has not.
    clock.tick()
    while pool.use.idle > 2 { await Task.yield() }
    #expect(numbers(of: pool) == [4, 0, 2, 0])
    for _ in 0..<3 { clock.tick() }
    while pool.use.idle > 1 { await Task.yield() }
    #expect(try await pool.repeatable(Self.backend).rows[0].requiredInt(0) == last)
    // And once more, when there is again more than one.
    try await use(2)
    for _ in 0..<3 { clock.tick() }
    while pool.use.idle > 1 { await Task.yield() }
    await pool.close()
  }

  @Test("Ordinary work leaves one connection free for what is urgent, which never waits for it")
  func urgent() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 3 }
    try await pool.withConnection { _ in
      let waiting = try await pool.withConnection { _ in
        let waiting = Task { try await pool.repeatable(Self.one) }
        while pool.use.waiting < 1 { await Task.yield() }
        // The one that this leaves idle is not for those who wait.
        _ = try await pool.repeatable(Self.one, isUrgent: true)
        _ = try await pool.withTransaction(opening: [Self.one], isUrgent: true) { $0.opening.count }
        #expect(numbers(of: pool) == [3, 2, 1, 1])
        return waiting
      }
      // A place is free, and the waiter takes it.
      _ = try await waiting.value
    }
    #expect(numbers(of: pool) == [3, 0, 3, 0])
    await pool.close()
  }

  @Test("What is urgent waits for what is urgent only, and is served before ordinary work")
  func urgentFirst() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 2 }
    let served = Served()
    try await withThrowingTaskGroup(of: Void.self) { group in
      try await pool.withConnection { _ in
        try await pool.withTransaction(isUrgent: true) { _ in
          for (number, isUrgent) in [false, true].enumerated() {
            group.addTask {
              try await pool.withTransaction(isUrgent: isUrgent) { _ in served.append(number) }
            }
            while pool.use.waiting <= number { await Task.yield() }
          }
        }
        while served.numbers.isEmpty { await Task.yield() }
        #expect(served.numbers == [1])
      }
      try await group.waitForAll()
    }
    #expect(served.numbers == [1, 0])
    await pool.close()
  }

  @Test("Whoever gives up waiting leaves the line, urgent or not", arguments: [false, true])
  func abandoned(isUrgent: Bool) async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    try await pool.withConnection { _ in
      let error = await #expect(throws: PostgresError.self) {
        try await pool.repeatable(Self.one, within: .milliseconds(20), isUrgent: isUrgent)
      }
      #expect(error?.kind == .poolTimeout && pool.use.waiting == 0)
    }
    #expect(try await pool.repeatable(Self.one, isUrgent: isUrgent).rows.count == 1)
    await pool.close()
  }

  @Test("Callers get their connection in the order in which they asked")
  func firstComeFirstServed() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let served = Served()
    try await withThrowingTaskGroup(of: Void.self) { group in
      try await pool.withConnection { _ in
        for number in 0..<5 {
          group.addTask { try await pool.withConnection { _ in served.append(number) } }
          while pool.use.waiting <= number { await Task.yield() }
        }
      }
      try await group.waitForAll()
    }
    #expect(served.numbers == [0, 1, 2, 3, 4])
  }

  @Test("A caller whose task is cancelled leaves the line, the others are served")
  func cancelledWaiter() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let (first, second) = try await pool.withConnection { _ in
      let first = Task { try await pool.repeatable(Self.one) }
      while pool.use.waiting < 1 { await Task.yield() }
      let second = Task { try await pool.repeatable(Self.one) }
      while pool.use.waiting < 2 { await Task.yield() }
      first.cancel()
      while pool.use.waiting > 1 { await Task.yield() }
      return (first, second)
    }
    let error = await #expect(throws: PostgresError.self) { try await first.value }
    #expect(error?.kind == .cancelled)
    #expect(try await second.value.rows.count == 1)
  }

  @Test("Waiting for a connection has an end")
  func waitLimit() async throws {
    let pool = try await PostgresCluster.shared().pool { configuration in
      configuration.maximumConnections = 1
      configuration.waitLimit = .milliseconds(20)
    }
    try await pool.withConnection { _ in
      let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
      #expect(error?.kind == .poolTimeout)
    }
    _ = try await pool.repeatable(Self.one)
  }

  @Test("A connection whose server process was terminated is replaced without an error")
  func terminatedBackend() async throws {
    let cluster = try await PostgresCluster.shared()
    let pool = cluster.pool { $0.maximumConnections = 1 }
    let first = try await pool.repeatable(Self.backend).rows[0].requiredInt(0)
    let killer = try await cluster.connection()
    // Waits for the end of the process, up to the given milliseconds.
    _ = try await killer.query(
      PostgresStatement("SELECT pg_terminate_backend($1::int, 10000)", [.int(first)]))
    let second = try await pool.withTransaction(opening: [Self.backend]) {
      try $0.opening[0].rows[0].requiredInt(0)
    }
    #expect(first != second)
  }

  @Test("A body's open transaction and its failure do not reach the next borrower")
  func leftOpen() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    try await pool.withConnection { connection in
      _ = try await connection.query(PostgresStatement("BEGIN"))
      _ = try? await connection.query(PostgresStatement("SELECT 1/0"))
    }
    _ = try await pool.repeatable(Self.one)
  }

  @Test("A closed pool lends nothing, and whoever waits is told at once")
  func closed() async throws {
    let pool = try await PostgresCluster.shared().pool { $0.maximumConnections = 1 }
    let waiter = try await pool.withConnection { connection in
      let waiter = Task { try await pool.repeatable(Self.one) }
      while pool.use.waiting < 1 { await Task.yield() }
      let closing = Task { await pool.close(grace: .seconds(60)) }
      let error = await #expect(throws: PostgresError.self) { try await waiter.value }
      #expect(error?.kind == .poolClosed)
      // What was lent before may end in peace.
      _ = try await connection.query(Self.one)
      return closing
    }
    await waiter.value
    let error = await #expect(throws: PostgresError.self) { try await pool.repeatable(Self.one) }
    #expect(error?.kind == .poolClosed)
  }

  @Test("Closing cancels what does not end within the grace")
  func closeCancels() async throws {
    let cluster = try await PostgresCluster.shared()
    let pool = cluster.pool()
    let (started, start) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      try await pool.withConnection { connection in
        start.finish()
        _ = try await connection.query(PostgresStatement("SELECT pg_sleep(600)"), within: .seconds(600))
      }
    }
    for await _ in started {}
    await pool.close(grace: .milliseconds(20))
    let error = await #expect(throws: PostgresError.self) { try await task.value }
    #expect(error?.kind == .cancelled)
  }

  @Test("A pool may be used from an actor with its own state")
  func fromActor() async throws {
    let pool = try await PostgresCluster.shared().pool()
    #expect(try await Counter(pool: pool).add() == 1)
  }

  actor Counter {
    let pool: PostgresPool
    var sum: Int64 = 0

    init(pool: PostgresPool) { self.pool = pool }

    func add() async throws -> Int64 {
      try await pool.withTransaction { transaction in
        sum += try await transaction.query(PostgresPoolTests.one).rows[0].requiredInt(0)
      }
      return sum
    }
  }

  /// Numbers in the order in which they came.
  private final class Served: Sendable {
    private let list = Mutex<[Int]>([])
    var numbers: [Int] { list.withLock { $0 } }
    func append(_ number: Int) { list.withLock { $0.append(number) } }
  }
}
