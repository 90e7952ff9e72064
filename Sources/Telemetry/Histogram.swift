import Synchronization

/// How often values fell below each of a few bounds, for each combination of label values.
package final class Histogram: Sendable {
  private struct Series {
    /// One for each bound and one for everything above the last.
    var counts: [UInt64]
    var sum = 0.0
  }

  private let labels: Int
  private let bounds: [Double]
  private let series = Mutex<[[String]: Series]>([:])

  init(labels: Int, bounds: [Double]) {
    self.labels = labels
    self.bounds = bounds
  }

  /// Counts one value; one that is not a number is ignored.
  ///
  /// - Parameter labelValues: in the order of the labels' names. Missing ones count as empty.
  ///   Values must come from a small fixed set: every combination is kept for ever.
  package func observe(_ value: Double, _ labelValues: String...) {
    guard !value.isNaN else { return }
    let key = labelValues.fitted(to: labels)
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    series.withLock {
      $0[key, default: Series(counts: Array(repeating: 0, count: bounds.count + 1))].counts[bucket] += 1
      $0[key]?.sum += value
    }
  }

  /// Cumulative buckets with their `le`, then the sum and the count, as the text format wants them.
  func samples() -> [MetricSample] {
    series.withLock { $0 }.flatMap { labelValues, series in
      var samples: [MetricSample] = []
      var total: UInt64 = 0
      for (bound, count) in zip(bounds + [.infinity], series.counts) {
        total += count
        samples.append(
          MetricSample(
            suffix: "_bucket", labelValues: labelValues, bound: bound, value: Double(total)))
      }
      samples.append(MetricSample(suffix: "_sum", labelValues: labelValues, value: series.sum))
      samples.append(MetricSample(suffix: "_count", labelValues: labelValues, value: Double(total)))
      return samples
    }
  }
}
