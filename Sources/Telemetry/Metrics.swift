import Synchronization

/// One series for each combination of label values.
///
/// Label values come in the order of the labels' names; missing ones count as empty, further ones are dropped.
/// They must come from a small fixed set: every combination is kept for ever.
private final class SeriesTable<Series: Sendable>: Sendable {
  private let labels: Int
  private let make: @Sendable () -> Series
  private let all: Mutex<[[String]: Series]>

  init(labels: Int, starting: [[String]], make: @escaping @Sendable () -> Series) {
    self.labels = labels
    self.make = make
    all = Mutex(Dictionary(starting.map { ($0.fitted(to: labels), make()) }) { first, _ in first })
  }

  func series(_ labelValues: [String]) -> Series {
    let key = labelValues.fitted(to: labels)
    return all.withLock { all in
      if let series = all[key] { return series }
      let series = make()
      all[key] = series
      return series
    }
  }

  var snapshot: [[String]: Series] { all.withLock { $0 } }
}

extension [String] {
  /// As many label values as there are labels.
  fileprivate func fitted(to count: Int) -> [String] {
    if self.count == count { return self }
    return Array((self + Array(repeating: "", count: count)).prefix(count))
  }
}

/// A whole number that only grows, one for each combination of label values.
package final class Counter: Sendable {
  private let table: SeriesTable<CounterSeries>

  init(labels: Int, starting: [[String]]) {
    table = SeriesTable(labels: labels, starting: starting) { CounterSeries() }
  }

  /// The number of one combination; a caller that counts often keeps it and so saves the look-up.
  package func series(_ labelValues: String...) -> CounterSeries { table.series(labelValues) }

  /// Adds `amount`; a negative one is ignored.
  package func add(_ amount: Int = 1, _ labelValues: String...) { table.series(labelValues).add(amount) }

  func samples() -> [MetricSample] {
    table.snapshot.map { MetricSample(labelValues: $0.key, value: Double($0.value.count)) }
  }
}

/// The number of one combination of label values.
package final class CounterSeries: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }

  /// Adds `amount`; a negative one is ignored. Takes no lock.
  package func add(_ amount: Int = 1) {
    guard amount >= 0 else { return }
    number.wrappingAdd(amount, ordering: .relaxed)
  }
}

/// A number that rises and falls, one for each combination of label values.
package final class Gauge: Sendable {
  private let labels: Int
  private let values = Mutex<[[String]: Double]>([:])

  init(labels: Int) {
    self.labels = labels
  }

  /// Replaces the value.
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

/// How often values fell below each of a few bounds, for each combination of label values.
package final class Histogram: Sendable {
  private let table: SeriesTable<HistogramSeries>

  init(labels: Int, bounds: [Double], starting: [[String]]) {
    table = SeriesTable(labels: labels, starting: starting) { HistogramSeries(bounds: bounds) }
  }

  /// The values of one combination; a caller that counts often keeps it and so saves the look-up.
  package func series(_ labelValues: String...) -> HistogramSeries { table.series(labelValues) }

  /// Counts one value; one that is not a number is ignored.
  package func observe(_ value: Double, _ labelValues: String...) {
    table.series(labelValues).observe(value)
  }

  func samples() -> [MetricSample] {
    table.snapshot.flatMap { labelValues, series in series.samples(labelValues) }
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
