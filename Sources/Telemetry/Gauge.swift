import Synchronization

/// A number that rises and falls, one for each combination of label values.
package final class Gauge: Sendable {
  private let labels: Int
  private let values = Mutex<[[String]: Double]>([:])

  init(labels: Int) {
    self.labels = labels
  }

  /// Replaces the value.
  ///
  /// - Parameter labelValues: in the order of the labels' names. Missing ones count as empty.
  ///   Values must come from a small fixed set: every combination is kept for ever.
  package func set(_ value: Double, _ labelValues: String...) {
    let key = labelValues.fitted(to: labels)
    values.withLock { $0[key] = value }
  }

  /// Replaces all values at once: a combination that is not among them has none any more.
  package func replace(with values: [[String]: Double]) {
    let fitted = values.map { ($0.key.fitted(to: labels), $0.value) }
    self.values.withLock { $0 = Dictionary(fitted) { first, _ in first } }
  }

  func samples() -> [MetricSample] {
    values.withLock { $0.map { MetricSample(labelValues: $0.key, value: $0.value) } }
  }
}
