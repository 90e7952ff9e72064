package import CallDomain
import WebAPI

/// One look at the stored status for all who scrape. A scrape never waits long for a database that is away.
package struct SharedStatus: Sendable {
  /// Milliseconds for which an answer is used, also that nobody can tell.
  package static let lifetime: Int64 = 5000
  /// Milliseconds after which nobody can tell. Prometheus waits for ten seconds.
  package static let limit: Int64 = 4000

  private let answer: SharedAnswer<ServiceStatus?>

  /// - Parameters:
  ///   - milliseconds: A clock that never goes back; only differences count.
  ///   - sleep: Waits that many milliseconds; throws when its task is cancelled.
  ///   - read: Asks once; ends soon when its task is cancelled.
  package init(
    milliseconds: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Int64) async throws -> Void,
    read: @escaping @Sendable () async -> ServiceStatus?
  ) {
    answer = SharedAnswer(lifetime: Self.lifetime, milliseconds: milliseconds) {
      await within(Self.limit, sleep: sleep, read) ?? nil
    }
  }

  /// The status of the look in progress, of one that is young enough, or of a new one.
  package func current() async -> ServiceStatus? {
    await answer.current()
  }
}
