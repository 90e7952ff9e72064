/// Metrics in the Prometheus text format 0.0.4, read strictly: what a careful reader would object to is a
/// fault (Prometheus documentation: Exposition formats; Metric and label naming).
package struct MetricsText: Sendable {
  /// One line with a number.
  package struct Sample: Hashable, Sendable {
    package let name: String
    package let labels: [String: String]
    package let value: Double
  }

  /// What stands under one name.
  package struct Family: Sendable {
    package let name: String
    package let type: String
    package fileprivate(set) var samples: [Sample] = []
  }

  package private(set) var families: [Family] = []
  /// A sentence for each thing that is wrong.
  package private(set) var faults: [String] = []
  private var help: String?
  private var series: Set<String> = []

  package init(_ text: String) {
    if !text.hasSuffix("\n") { faults.append("the last line does not end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      read(String(line))
    }
    if help != nil { faults.append("the last family has no type") }
    for family in families { check(family) }
  }

  /// The names of all families.
  package var names: [String] { families.map(\.name) }

  /// The number of one series; nil when there is none.
  package subscript(name: String, labels: [String: String]) -> Double? {
    families.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
  }

  /// The number of the series without labels.
  package subscript(name: String) -> Double? { self[name, [:]] }

  private mutating func read(_ line: String) {
    if let match = line.wholeMatch(of: /# HELP ([a-z][a-z0-9_]*) (\S.*)/) {
      if help != nil { faults.append("a family without a type stands before: \(line)") }
      help = String(match.1)
    } else if let match = line.wholeMatch(of: /# TYPE ([a-z][a-z0-9_]*) (counter|gauge|histogram)/) {
      if help != String(match.1) { faults.append("no help stands before: \(line)") }
      if names.contains(String(match.1)) { faults.append("the family comes twice: \(line)") }
      families.append(Family(name: String(match.1), type: String(match.2)))
      help = nil
    } else if let sample = sample(line), help == nil, let family = families.last,
      Self.sampleNames(of: family).contains(sample.name)
    {
      if !series.insert(sample.name + "\(sample.labels.sorted { $0.key < $1.key })").inserted {
        faults.append("the series comes twice: \(line)")
      }
      families[families.count - 1].samples.append(sample)
    } else {
      faults.append("a line that is none, or not of the family above: \(line)")
    }
  }

  private static func sampleNames(of family: Family) -> [String] {
    family.type == "histogram" ? ["_bucket", "_sum", "_count"].map { family.name + $0 } : [family.name]
  }

  private mutating func sample(_ line: String) -> Sample? {
    guard let match = line.wholeMatch(of: /([a-z][a-z0-9_]*)(?:\{(.+)\})? (\S+)/),
      let value = Self.number(match.3)
    else { return nil }
    var labels: [String: String] = [:]
    var rest = match.2 ?? ""
    while !rest.isEmpty {
      guard let label = rest.prefixMatch(of: /([a-z][a-z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,(?=.)|$)/) else {
        return nil
      }
      let isNew = labels.updateValue(String(label.2), forKey: String(label.1)) == nil
      guard isNew else { return nil }
      rest = rest[label.range.upperBound...]
    }
    return Sample(name: String(match.1), labels: labels, value: value)
  }

  private static func number(_ text: Substring) -> Double? {
    switch text {
    case "+Inf": .infinity
    case "-Inf": -.infinity
    case "NaN": .nan
    default: text.contains(/^-?[0-9]/) ? Double(text) : nil
    }
  }

  private mutating func check(_ family: Family) {
    if family.samples.isEmpty { faults.append("\(family.name) has no number") }
    if family.name.hasSuffix("_total") != (family.type == "counter") {
      faults.append("\(family.name) is a \(family.type)")
    }
    if family.name.contains(/_(?:minutes|hours|milliseconds|ms|kb|mb|percent)(?:_|$)/) {
      faults.append("\(family.name) has no base unit")
    }
    if family.type != "gauge", !family.samples.allSatisfy({ $0.value >= 0 }) {
      faults.append("\(family.name) has fallen below zero")
    }
    if family.type == "histogram" { checkHistogram(family) }
  }

  private mutating func checkHistogram(_ family: Family) {
    let bySeries = Dictionary(grouping: family.samples) { $0.labels.filter { $0.key != "le" } }
    for (labels, samples) in bySeries {
      let buckets = samples.filter { $0.name.hasSuffix("_bucket") }
      let bounds = buckets.compactMap { $0.labels["le"].flatMap { Self.number($0[...]) } }
      let counts = buckets.map(\.value)
      let count = samples.filter { $0.name.hasSuffix("_count") }.map(\.value)
      let rises =
        zip(bounds, bounds.dropFirst()).allSatisfy(<) && zip(counts, counts.dropFirst()).allSatisfy(<=)
      if bounds.count != buckets.count || bounds.last != .infinity || !rises || count != [counts.last ?? -1]
        || !samples.contains(where: { $0.name.hasSuffix("_sum") })
      {
        faults.append("\(family.name) has broken buckets for \(labels)")
      }
    }
  }
}
