package import CallDomain

/// Time and chance, as the engine knows them.
package struct EngineClock: Sendable {
  package var now: @Sendable () -> Timestamp
  /// Waits this many milliseconds; throws when the task is cancelled.
  package var sleep: @Sendable (Int64) async throws -> Void
  /// A number from 0 up to but not including 1.
  package var random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Timestamp, sleep: @escaping @Sendable (Int64) async throws -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.sleep = sleep
    self.random = random
  }
}
