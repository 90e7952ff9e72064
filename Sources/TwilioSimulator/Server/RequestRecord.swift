/// A request that the simulator saw.
package struct RequestRecord: Hashable, Sendable {
  /// Counted from 1 since the start or the last reset.
  package let number: Int
  /// `GET` and the like.
  package let method: String
  /// Path and query as they were sent.
  package let target: String
  /// The status answered, 0 when there was no answer.
  package var status: Int
  /// Whether a fault was at work.
  package var faulted: Bool
}
