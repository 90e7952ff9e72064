/// Time, as the routes need it, and the ids they make: handed in, so that tests move them by hand.
package struct APIClock: Sendable {
  /// Milliseconds on a clock that never goes back; only differences count.
  package var milliseconds: @Sendable () -> Int64
  /// Waits that many milliseconds; ends early when its task is cancelled.
  package var sleep: @Sendable (_ milliseconds: Int64) async -> Void
  /// A new id for a request that brought none: 1 to 128 characters out of `[A-Za-z0-9-]`.
  package var makeRequestID: @Sendable () -> String

  package init(
    milliseconds: @escaping @Sendable () -> Int64,
    sleep: @escaping @Sendable (_ milliseconds: Int64) async -> Void,
    makeRequestID: @escaping @Sendable () -> String
  ) {
    self.milliseconds = milliseconds
    self.sleep = sleep
    self.makeRequestID = makeRequestID
  }
}
