import Bootstrap
import CallDomain
import Synchronization
import Testing

@Suite("The stored status, looked at once for all who scrape", .timeLimit(.minutes(1)))
struct SharedStatusTests {
  /// Counts the looks, and lets them end when it is told to.
  private final class Database: Sendable {
    let time = Mutex<Int64>(0)
    private let looks = Mutex(0)
    private let arrivals = AsyncStream.makeStream(of: Void.self)
    private let answers = AsyncStream.makeStream(of: ServiceStatus?.self)

    var count: Int { looks.withLock { $0 } }

    func look() async -> ServiceStatus? {
      looks.withLock { $0 += 1 }
      arrivals.continuation.yield()
      var answers = answers.stream.makeAsyncIterator()
      return await answers.next() ?? nil
    }

    func arrival() async {
      var arrivals = arrivals.stream.makeAsyncIterator()
      await arrivals.next()
    }

    func answer(_ status: ServiceStatus?) { answers.continuation.yield(status) }

    /// - Parameter sleep: By default the limit is never reached.
    func shared(
      sleep: @escaping @Sendable (Int64) async throws -> Void = { _ in
        try await Task.sleep(for: .seconds(3600))
      }
    ) -> SharedStatus {
      SharedStatus(milliseconds: { self.time.withLock { $0 } }, sleep: sleep) { await self.look() }
    }
  }

  private let database = Database()
  private let status = ServiceStatus(StatusFacts(), rules: AlertRules(), now: Timestamp(seconds: 1))

  @Test("Those who come while a look is under way get its answer, and those of the next five seconds too")
  func shared() async {
    let shared = database.shared()
    async let first = shared.current()
    await database.arrival()
    async let second = shared.current()
    database.answer(status)
    #expect(await first == status)
    #expect(await second == status)
    database.time.withLock { $0 += SharedStatus.lifetime - 1 }
    #expect(await shared.current() == status)
    #expect(database.count == 1)
    database.time.withLock { $0 += 1 }
    database.answer(nil)
    #expect(await shared.current() == nil)
    #expect(database.count == 2)
  }

  @Test("That nobody can tell is an answer for five seconds, too")
  func unknown() async {
    let shared = database.shared()
    database.answer(nil)
    #expect(await shared.current() == nil)
    #expect(await shared.current() == nil)
    #expect(database.count == 1)
  }

  @Test("A database that does not answer is waited for until the limit, and not longer")
  func limit() async {
    let asked = Mutex<[Int64]>([])
    let shared = database.shared(sleep: { milliseconds in asked.withLock { $0.append(milliseconds) } })
    #expect(await shared.current() == nil)
    #expect(asked.withLock { $0 } == [SharedStatus.limit])
  }

  @Test("A scraper that goes away does not end the look of the others")
  func cancelled() async {
    let shared = database.shared()
    let first = Task { await shared.current() }
    await database.arrival()
    async let second = shared.current()
    first.cancel()
    database.answer(status)
    #expect(await second == status)
    #expect(database.count == 1)
  }
}
