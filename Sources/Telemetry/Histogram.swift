import Synchronization

/// How often values fell below each of a few bounds, for each combination of label values.
package final class Histogram: Sendable {
  private let labels: Int
  private let bounds: [Double]
  private let all: Mutex<[[String]: HistogramSeries]>

  init(labels: Int, bounds: [Double], starting: [[String]]) {
    self.labels = labels
    self.bounds = bounds
    let empty = starting.map { ($0.fitted(to: labels), HistogramSeries(bounds: bounds)) }
    all = Mutex(Dictionary(empty) { first, _ in first })
  }

  /// The values of one combination, for whoever counts often: it is found once and then costs no look-up.
  ///
  /// - Parameter labelValues: in the order of the labels' names. Missing ones count as empty.
  ///   Values must come from a small fixed set: every combination is kept for ever.
  package func series(_ labelValues: String...) -> HistogramSeries {
    series(labelValues)
  }

  /// Counts one value; one that is not a number is ignored.
  ///
  /// - Parameter labelValues: as in `series`.
  package func observe(_ value: Double, _ labelValues: String...) {
    series(labelValues).observe(value)
  }

  private func series(_ labelValues: [String]) -> HistogramSeries {
    let key = labelValues.fitted(to: labels)
    return all.withLock { all in
      if let series = all[key] { return series }
      let series = HistogramSeries(bounds: bounds)
      all[key] = series
      return series
    }
  }

  func samples() -> [MetricSample] {
    all.withLock { $0 }.flatMap { labelValues, series in series.samples(labelValues) }
  }
}

/// The values of one combination of label values.
package final class HistogramSeries: Sendable {
  private struct State {
    /// One for each bound and one for everything above the last.
    var counts: [Int]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  /// Counts one value; one that is not a number is ignored.
  package func observe(_ value: Double) {
    guard !value.isNaN else { return }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock { state in
      state.counts[bucket] += 1
      state.sum += value
    }
  }

  /// Cumulative buckets with their `le`, then the sum and the count, as the text format wants them.
  func samples(_ labelValues: [String]) -> [MetricSample] {
    let state = state.withLock { $0 }
    var samples: [MetricSample] = []
    var total = 0
    for (bound, count) in zip(bounds + [.infinity], state.counts) {
      total += count
      samples.append(
        MetricSample(suffix: "_bucket", labelValues: labelValues, bound: bound, value: Double(total)))
    }
    samples.append(MetricSample(suffix: "_sum", labelValues: labelValues, value: state.sum))
    samples.append(MetricSample(suffix: "_count", labelValues: labelValues, value: Double(total)))
    return samples
  }
}
