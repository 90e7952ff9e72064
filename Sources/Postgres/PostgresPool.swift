import BlockingWork
import Synchronization

/// A few connections to one database, handed out in the order in which they were asked for. One of them is
/// kept for what is urgent: short statements that must not wait for the work under way, such as a heartbeat
/// while everything else waits for the same lock.
package final class PostgresPool: Sendable {
  /// How a pool is used at a moment.
  package struct Use: Hashable, Sendable {
    package let maximum: Int
    package let inUse: Int
    package let idle: Int
    /// Callers that wait for a connection.
    package let waiting: Int
  }

  private struct Idle {
    let connection: PostgresConnection
    /// How often `watchIdle` has seen it since it was used.
    var looks = 0
  }

  private struct State {
    /// The one used last is taken first, so that the others grow old and are closed.
    var idle: [Idle] = []
    var isWatched = false
    var checkedOut: [ObjectIdentifier: PostgresConnection] = [:]
    var isClosed = false
  }

  /// Whether some thread of the process is still within libpq that connects for nobody any more.
  package static var threadsAreLeftBehind: Bool { LeftBehind.areAny }

  /// Waits, a second at most, for the requests to cancel that are underway. Whoever leaves in the middle of one may end
  /// a pooler for all: PgBouncer 1.18 ends itself then ("bad client state").
  package static func finishCancelRequests() {
    CancelHandle.finishAll()
  }

  /// As given; its connection string must not be shown.
  package let configuration: PostgresConfiguration
  private let clock: any Clock<Duration>
  private let line: WaitingLine
  private let pause: LoginPause
  private let leftBehind = LeftBehind()
  private let state = Mutex(State())

  /// Makes an empty pool; connections are opened when they are needed. `clock` measures how long callers
  /// wait for a connection, and how long nobody logs in after a refusal that lasts.
  package init(_ configuration: PostgresConfiguration, clock: any Clock<Duration> = ContinuousClock()) {
    self.configuration = configuration
    self.clock = clock
    pause = LoginPause(clock: clock)
    line = WaitingLine(limit: configuration.maximumConnections, reserved: 1)
  }

  package var use: Use {
    Use(
      maximum: max(1, configuration.maximumConnections), inUse: line.admitted,
      idle: state.withLock(\.idle.count), waiting: line.waiting)
  }

  /// A connection for the time of `body`, which must not keep it. Whatever transaction `body` leaves open is
  /// rolled back.
  ///
  /// - Throws: `PostgresError` when there is no connection, and what `body` throws.
  package func withConnection<Value: Sendable>(
    isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    try await checkingOut { connection in try await body(connection) }
  }

  /// Runs `body` in a transaction with `settings`. These and the `opening` statements go in one round trip;
  /// the results of the latter are in `PostgresTransaction.opening`. Commits when `body` returns without having
  /// committed; rolls back when it throws.
  ///
  /// When the connection turns out to be dead at BEGIN the opening is repeated on a new one: nothing can have
  /// been committed.
  package func withTransaction<Value: Sendable>(
    _ settings: PostgresSettings = PostgresSettings(),
    isolation: isolated (any Actor)? = #isolation,
    opening: [PostgresStatement] = [],
    isUrgent: Bool = false,
    within limit: Duration? = nil,
    _ body: (PostgresTransaction) async throws -> Value
  ) async throws -> Value {
    try await checkingOut(isUrgent: isUrgent) { connection in
      let results = try await repeating(on: &connection, within: limit) { connection throws(PostgresError) in
        try await connection.begin(settings, opening, within: limit)
      }
      let value = try await body(PostgresTransaction(connection: connection, opening: results))
      try await connection.commitIfOpen()
      return value
    }
  }

  /// Runs a statement that may be repeated, in a transaction of its own with `settings`: when its connection
  /// turns out to be dead it runs again on a new one, whether or not it was done. So it either writes nothing,
  /// or writes the same again and again, and answers the same.
  ///
  /// - Parameters:
  ///   - limit: How long it may take; also how long it waits for a connection, and for a new one to come about,
  ///     where that is less than usual.
  ///   - isUrgent: Whether it may have the connection that ordinary work leaves free.
  package func repeatable(
    _ statement: PostgresStatement, _ settings: PostgresSettings = PostgresSettings(),
    within limit: Duration? = nil, isUrgent: Bool = false
  ) async throws -> PostgresResult {
    try await checkingOut(isUrgent: isUrgent, within: limit) { connection in
      try await repeating(on: &connection, within: limit) { connection throws(PostgresError) in
        try await connection.transact(statement, settings, within: limit)
      }
    }
  }

  /// Hands out no more connections, waits up to `grace` for those in use, then cancels what still runs on them.
  /// May be called more than once.
  package func close(grace: Duration = .seconds(5)) async {
    line.close()
    state.withLock { $0.isClosed = true }
    await closeIdle()
    await line.emptied(within: grace, clock: clock)
    for connection in state.withLock({ Array($0.checkedOut.values) }) { connection.cancelRunning() }
    // Cancelled statements need that long to hear the server's last word.
    await line.emptied(within: configuration.cancelGrace, clock: clock)
  }
}

extension PostgresPool {
  /// The only place where a connection is taken and given back.
  private func checkingOut<Value: Sendable>(
    isUrgent: Bool = false, within limit: Duration? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (inout PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let wait = min(limit ?? configuration.waitLimit, configuration.waitLimit)
    switch await line.enter(isUrgent: isUrgent, within: wait, clock: clock) {
    case .admitted: break
    case .cancelled: throw PostgresError(.cancelled, cause: "cancelled while waiting for a connection")
    case .timedOut: throw PostgresError(.poolTimeout, cause: "no connection became free within \(wait)")
    case .closed: throw PostgresError(.poolClosed, cause: "the pool is closed")
    }
    defer { line.leave() }
    var connection = try await idleOrNew(within: limit)
    do {
      let value = try await body(&connection)
      await putBack(connection)
      return value
    } catch {
      if (error as? PostgresError)?.endsConnection == true {
        await discard(connection)
        await closeIdle()
      } else {
        await putBack(connection)
      }
      throw error
    }
  }

  /// What `work` did; it is repeated on a new connection when the one at hand turns out to be dead, or to take no
  /// writes. The former may happen to a new one, too: behind a pooler it may lead to a session that has just ended.
  private func repeating<Value: Sendable>(
    on connection: inout PostgresConnection, within limit: Duration?,
    _ work: (PostgresConnection) async throws(PostgresError) -> Value
  ) async throws(PostgresError) -> Value {
    var attempt = 1
    while true {
      do throws(PostgresError) {
        return try await work(connection)
      } catch {
        guard error.endsConnection || error.isReadOnly, attempt < error.attempts else { throw error }
      }
      attempt += 1
      await discard(connection)
      await closeIdle()
      connection = try await open(within: limit)
    }
  }

  /// A connection that stands as far as this side knows.
  private func idleOrNew(within limit: Duration?) async throws(PostgresError) -> PostgresConnection {
    let idle = state.withLock { state in
      let connection = state.idle.popLast()?.connection
      if let connection { state.checkedOut[ObjectIdentifier(connection)] = connection }
      return connection
    }
    guard let idle else { return try await open(within: limit) }
    if await idle.isAlive() { return idle }
    await discard(idle)
    await closeIdle()
    return try await open(within: limit)
  }

  private func open(within limit: Duration?) async throws(PostgresError) -> PostgresConnection {
    try pause.check()
    let connection = PostgresConnection(configuration, leftBehind: leftBehind)
    // Before it is connected, so that closing the pool ends that, too.
    state.withLock { $0.checkedOut[ObjectIdentifier(connection)] = connection }
    do {
      try await connection.connect(within: limit)
      pause.note(nil)
      return connection
    } catch {
      state.withLock { _ = $0.checkedOut.removeValue(forKey: ObjectIdentifier(connection)) }
      pause.note(error)
      throw error
    }
  }

  /// Rolls back what was left open, and keeps the connection if it can be used again.
  private func putBack(_ connection: PostgresConnection) async {
    guard await connection.settle() else {
      await discard(connection)
      return await closeIdle()
    }
    let (isKept, begins) = state.withLock { state in
      state.checkedOut.removeValue(forKey: ObjectIdentifier(connection))
      if !state.isClosed { state.idle.append(Idle(connection: connection)) }
      let begins = !state.isWatched && state.idle.count > 1
      if begins { state.isWatched = true }
      return (!state.isClosed, begins)
    }
    if !isKept { await connection.close() }
    if begins { watchIdle() }
  }

  private func discard(_ connection: PostgresConnection) async {
    state.withLock { _ = $0.checkedOut.removeValue(forKey: ObjectIdentifier(connection)) }
    await connection.close()
  }

  /// One connection that broke casts doubt on all that stood idle meanwhile: whoever met them one after the
  /// other would wait for each.
  private func closeIdle() async {
    let idle = state.withLock { state in
      defer { state.idle = [] }
      return state.idle
    }
    for one in idle { await one.connection.close() }
  }

  /// Closes what nobody has used for a minute, but for the connection used last: behind a pooler each holds a place
  /// that another program may need.
  private func watchIdle() {
    Task { [weak self, clock] in
      while (try? await clock.sleep(for: Self.lookPause)) != nil, await self?.closeUnused() == true {}
    }
  }

  private static let lookPause = Duration.seconds(30)

  /// - Returns: Whether there is more to look after.
  private func closeUnused() async -> Bool {
    let (unused, isWatched) = state.withLock { state in
      for index in state.idle.indices { state.idle[index].looks += 1 }
      // The first look may come right after it was used, the third more than a minute later.
      let unused = state.idle.dropLast().filter { $0.looks > 2 }
      state.idle.removeFirst(unused.count)
      state.isWatched = state.idle.count > 1
      return (unused, state.isWatched)
    }
    for one in unused { await one.connection.close() }
    return isWatched
  }
}

extension PostgresError {
  fileprivate var isReadOnly: Bool { kind == .readOnly || kind == .standby }

  /// How often work that failed so is tried.
  fileprivate var attempts: Int { isReadOnly ? 2 : 3 }
}
