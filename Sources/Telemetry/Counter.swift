import Synchronization

/// A whole number that only grows, one for each combination of label values.
package final class Counter: Sendable {
  private let labels: Int
  private let all: Mutex<[[String]: CounterSeries]>

  init(labels: Int, starting: [[String]]) {
    self.labels = labels
    let zeros = starting.map { ($0.fitted(to: labels), CounterSeries()) }
    all = Mutex(Dictionary(zeros) { first, _ in first })
  }

  /// The number of one combination, for whoever counts often: it is found once and then costs no look-up.
  ///
  /// - Parameter labelValues: in the order of the labels' names. Missing ones count as empty.
  ///   Values must come from a small fixed set: every combination is kept for ever.
  package func series(_ labelValues: String...) -> CounterSeries {
    series(labelValues)
  }

  /// Adds `amount`; a negative one is ignored.
  ///
  /// - Parameter labelValues: as in `series`.
  package func add(_ amount: Int = 1, _ labelValues: String...) {
    series(labelValues).add(amount)
  }

  private func series(_ labelValues: [String]) -> CounterSeries {
    let key = labelValues.fitted(to: labels)
    return all.withLock { all in
      if let series = all[key] { return series }
      let series = CounterSeries()
      all[key] = series
      return series
    }
  }

  func samples() -> [MetricSample] {
    all.withLock { $0 }.map { MetricSample(labelValues: $0.key, value: Double($0.value.count)) }
  }
}

/// The number of one combination of label values.
package final class CounterSeries: Sendable {
  private let number = Atomic(0)

  var count: Int { number.load(ordering: .relaxed) }

  /// Adds `amount`; a negative one is ignored. Waits for nobody.
  package func add(_ amount: Int = 1) {
    guard amount >= 0 else { return }
    number.wrappingAdd(amount, ordering: .relaxed)
  }
}
