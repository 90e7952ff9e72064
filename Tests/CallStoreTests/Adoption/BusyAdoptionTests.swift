import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("Migrating while others are at work", .keepsFailedDatabases)
struct BusyAdoptionTests {
  @Test("Readers and the older program's writers go on, and none of them fails")
  func readersAndWriters() async throws {
    try await withLegacy { adoption in
      let traffic = Traffic()
      let reports = try await traffic.run([.reader, .batchWriter, .newCalls], on: adoption.database) {
        try await adoption.migrate()
      }
      for (name, report) in reports.sorted(by: { $0.key < $1.key }) {
        print(
          "\(name): \(report.statements) statements while migrating, longest \(report.longest.milliseconds) ms"
        )
        #expect(report.failures == [], "\(name)")
      }
      // New calls of the older program come in behind the conversion; all others of a case were converted.
      let left = try await adoption.pool.line(
        """
        SELECT count(*) FROM calls
        WHERE source = 'twilio' AND effective_at IS NULL AND id NOT LIKE 'CAff%'
          AND direction IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
        """)
      #expect(left == "0")
      try await adoption.store.check()
    }
  }

  @Test("A price that the older program writes while its row is converted is kept")
  func priceMeanwhile() async throws {
    try await withLegacy { adoption in
      let pool = adoption.pool
      let sid = try #require(adoption.legacy.calls.first { $0.shape == .unpriced }).stored.sid
      // As if the migration had come to the last row of the conversion.
      try await adoption.migrate()
      try await pool.run(
        "DELETE FROM schema_migrations WHERE version = 5",
        "UPDATE calls SET effective_at = NULL, cost = 0 WHERE id = '\(sid.text)'")
      let isWritten = Signal()
      let mayCommit = Signal()
      async let writing: Void = pool.withTransaction { transaction in
        _ = try await transaction.query(
          PostgresStatement(
            """
            UPDATE calls SET cost = 0.25, raw_data = raw_data || '{"price": "-0.25"}' WHERE id = $1
            """, [.text(sid.text)]))
        isWritten.raise()
        await mayCommit.wait()
        try await transaction.commit()
        return
      }
      await isWritten.wait()
      async let releasing: Void = release(mayCommit, whenSomeoneWaitsIn: adoption)
      _ = try await makeAdopter(adoption.database.pool()).run()
      try await releasing
      try await writing
      #expect(
        try await pool.lines(
          "SELECT cost || ' ' || (effective_at IS NOT NULL) FROM calls WHERE id = $1", [.text(sid.text)])
          == ["0.25 true"])
    }
  }

  private func release(_ signal: Signal, whenSomeoneWaitsIn adoption: Adoption) async throws {
    let watcher = adoption.database.pool(direct: true)
    while try await watcher.line(
      """
      SELECT count(*) > 0 FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
      """) != "t"
    { try await Task.sleep(for: .milliseconds(2)) }
    signal.raise()
  }

  @Test("A long reader makes the migration try again; writers get through in between")
  func longReader() async throws {
    try await withLegacy { adoption in
      let traffic = Traffic()
      let isReading = Signal()
      let mayEnd = Signal()
      let pauses = Mutex(0)
      async let reading: Void = adoption.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("SELECT count(*) FROM calls"))
        isReading.raise()
        await mayEnd.wait()
      }
      await isReading.wait()
      let migrator = makeAdopter(
        adoption.database.pool(),
        onPause: {
          let before = traffic.statements(of: "new calls")
          while traffic.statements(of: "new calls") < before + 2 { await Task.yield() }
          if pauses.withLock({ count in
            count += 1; return count
          }) == 3 {
            mayEnd.raise()
          }
        })
      let reports = try await traffic.run([.newCalls, .reader], on: adoption.database) {
        _ = try await migrator.run()
      }
      try await reading
      #expect(pauses.withLock(\.self) >= 3)
      for (name, report) in reports {
        print("\(name) behind a long reader: longest \(report.longest.milliseconds) ms")
        #expect(report.failures == [])
      }
      try await adoption.store.check()
    }
  }

  @Test("Two migrators at once: one works, the other waits and finds nothing to do")
  func twoMigrators() async throws {
    try await withLegacy { adoption in
      let all = try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<2 {
          let pool = adoption.database.pool()
          group.addTask { try await makeAdopter(pool).run() }
        }
        return try await group.reduce(into: [[Int]]()) { $0.append($1) }
      }
      #expect(all.sorted { $0.count < $1.count } == [[], everyMigration])
      try await adoption.store.check()
    }
  }
}

/// Something that one task waits for and another says.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func raise() { continuation.finish() }

  func wait() async { for await _ in stream {} }
}
