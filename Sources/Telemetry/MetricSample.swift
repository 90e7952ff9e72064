/// One line of a metric: its label values and a number.
struct MetricSample {
  var suffix = ""
  var labelValues: [String]
  /// The bucket's upper bound, of a histogram only.
  var bound: Double?
  var value: Double
}

/// A metric as it is rendered: what it is called and where its numbers are.
struct MetricFamily: Sendable {
  enum Kind: String {
    case counter
    case gauge
    case histogram
  }

  let name: String
  let kind: Kind
  let help: String
  let labels: [String]
  let samples: @Sendable () -> [MetricSample]
}

extension [String] {
  /// As many label values as there are labels.
  func fitted(to count: Int) -> [String] {
    if self.count == count { return self }
    return Array((self + Array(repeating: "", count: count)).prefix(count))
  }
}
