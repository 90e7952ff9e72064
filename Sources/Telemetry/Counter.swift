import Synchronization

/// A number that only grows, one for each combination of label values.
package final class Counter: Sendable {
  private let labels: Int
  private let values: Mutex<[[String]: Double]>

  init(labels: Int, starting: [[String]]) {
    self.labels = labels
    let zeros = starting.map { ($0.fitted(to: labels), 0.0) }
    values = Mutex(Dictionary(zeros) { first, _ in first })
  }

  /// Adds `amount`; a negative one, or one that is not finite, is ignored.
  ///
  /// - Parameter labelValues: in the order of the labels' names. Missing ones count as empty.
  ///   Values must come from a small fixed set: every combination is kept for ever.
  package func add(_ amount: Double = 1, _ labelValues: String...) {
    guard amount >= 0, amount.isFinite else { return }
    let key = labelValues.fitted(to: labels)
    values.withLock { $0[key, default: 0] += amount }
  }

  func samples() -> [MetricSample] {
    values.withLock { $0.map { MetricSample(labelValues: $0.key, value: $0.value) } }
  }
}
