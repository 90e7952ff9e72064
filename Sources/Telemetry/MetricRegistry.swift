import Synchronization

/// Why a metric could not be registered: a mistake in the program, found at its start.
package enum TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not a name of the Prometheus data model, or reserved there.
  case invalidName(String)
  /// Two metrics cannot share a name.
  case duplicateName(String)
  /// A histogram's bounds must be finite and rise.
  case invalidBuckets(String)

  package var description: String {
    switch self {
    case .invalidName(let name): "'\(name)' is no valid Prometheus name; use [a-zA-Z_][a-zA-Z0-9_]*."
    case .duplicateName(let name): "The metric '\(name)' is registered already; choose another name."
    case .invalidBuckets(let name): "The buckets of '\(name)' must be finite and rise; reorder them."
    }
  }
}

/// The metrics of the process, registered once at its start with fixed names and labels, and rendered at each
/// scrape.
package final class MetricRegistry: Sendable {
  private let families = Mutex<[MetricFamily]>([])

  package init() {}

  /// The names of all families, in the order of their registration.
  package var names: [String] { families.withLock { $0.map(\.name) } }

  /// - Parameters:
  ///   - name: ends with `_total` and its unit before it (Prometheus: metric and label naming).
  ///   - starting: combinations of label values that are shown as zero from the start, so that
  ///     the first increase can be seen.
  package func counter(
    _ name: String, help: String, labels: [String] = [], starting: [[String]] = []
  ) throws(TelemetryError) -> Counter {
    let counter = Counter(labels: labels.count, starting: labels.isEmpty ? [[]] : starting)
    try register(name, .counter, help, labels) { counter.samples() }
    return counter
  }

  /// - Parameter name: ends with the unit, such as `_seconds` or `_bytes`.
  package func gauge(
    _ name: String, help: String, labels: [String] = []
  ) throws(TelemetryError) -> Gauge {
    let gauge = Gauge(labels: labels.count)
    try register(name, .gauge, help, labels) { gauge.samples() }
    return gauge
  }

  /// - Parameters:
  ///   - name: ends with the unit, such as `_seconds`.
  ///   - bounds: the buckets' upper bounds, rising; the one for infinity is added.
  ///   - starting: combinations of label values that are shown as empty from the start.
  package func histogram(
    _ name: String, help: String, labels: [String] = [], bounds: [Double], starting: [[String]] = []
  ) throws(TelemetryError) -> Histogram {
    guard bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy(<) else {
      throw .invalidBuckets(name)
    }
    let histogram = Histogram(
      labels: labels.count, bounds: bounds, starting: labels.isEmpty ? [[]] : starting)
    try register(name, .histogram, help, labels) { histogram.samples() }
    return histogram
  }

  /// A counter that is kept elsewhere, such as the processor time of the process; it is read at each scrape,
  /// and nil leaves the metric without a value.
  package func counter(
    _ name: String, help: String, read: @escaping @Sendable () -> Double?
  ) throws(TelemetryError) {
    try register(name, .counter, help, []) { single(read()) }
  }

  /// A gauge that is read at each scrape; nil leaves it without a value.
  package func gauge(
    _ name: String, help: String, read: @escaping @Sendable () -> Double?
  ) throws(TelemetryError) {
    try register(name, .gauge, help, []) { single(read()) }
  }

  /// All metrics that have a value, in the Prometheus text format, in the order of their registration.
  package func render() -> String {
    PrometheusText.render(families.withLock { $0 })
  }

  private func register(
    _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ labels: [String],
    samples: @escaping @Sendable () -> [MetricSample]
  ) throws(TelemetryError) {
    guard PrometheusText.isName(name) else { throw .invalidName(name) }
    let badLabel = labels.first { !PrometheusText.isName($0) || $0.hasPrefix("__") || $0 == "le" }
    if let badLabel { throw .invalidName(badLabel) }
    let family = MetricFamily(name: name, kind: kind, help: help, labels: labels, samples: samples)
    let isNew = families.withLock { families in
      guard !families.contains(where: { $0.name == name }) else { return false }
      families.append(family)
      return true
    }
    guard isNew else { throw .duplicateName(name) }
  }
}

private func single(_ value: Double?) -> [MetricSample] {
  value.map { [MetricSample(labelValues: [], value: $0)] } ?? []
}
