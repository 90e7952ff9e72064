/// A span of time: its start belongs to it, its end does not.
package struct Period: Hashable, Sendable {
  package let start: Timestamp
  package let end: Timestamp

  /// An `end` before `start` makes an empty period.
  package init(start: Timestamp, end: Timestamp) {
    self.start = start
    self.end = max(start, end)
  }

  package func contains(_ moment: Timestamp) -> Bool {
    start <= moment && moment < end
  }
}
