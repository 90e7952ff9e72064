/// A metric as it is rendered.
struct MetricFamily: Sendable {
  enum Kind: String {
    case counter, gauge, histogram
  }

  let name: String
  let kind: Kind
  let help: String
  let labels: [String]
  let samples: @Sendable () -> [MetricSample]
}

/// One line of a metric: its label values and a number.
struct MetricSample {
  var suffix = ""
  var labelValues: [String]
  /// The bucket's upper bound, of a histogram only.
  var bound: Double?
  var value: Double
}

/// The Prometheus text exposition format, version 0.0.4
/// (Prometheus documentation: Exposition formats).
enum PrometheusText {
  static func render(_ families: [MetricFamily]) -> String {
    families.map(render).joined()
  }

  private static func render(_ family: MetricFamily) -> String {
    let samples = family.samples()
    guard !samples.isEmpty else { return "" }
    var text = "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
    text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
    for sample in ordered(samples) {
      text += family.name + sample.suffix + labels(of: sample, in: family) + " "
      text += number(sample.value) + "\n"
    }
    return text
  }

  // By label values, so that two scrapes can be compared; the lines of one histogram keep
  // their order.
  private static func ordered(_ samples: [MetricSample]) -> [MetricSample] {
    samples.enumerated().sorted { left, right in
      for (mine, theirs) in zip(left.element.labelValues, right.element.labelValues) where mine != theirs {
        return mine < theirs
      }
      return left.offset < right.offset
    }.map(\.element)
  }

  private static func labels(of sample: MetricSample, in family: MetricFamily) -> String {
    var pairs = zip(family.labels, sample.labelValues).map { "\($0)=\"\(escaped($1, quotes: true))\"" }
    if let bound = sample.bound { pairs.append("le=\"\(number(bound))\"") }
    return pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  private static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    // Up to 2^53 a Double holds every integer exactly.
    if abs(value) <= 9_007_199_254_740_992, value.rounded() == value { return String(Int64(value)) }
    return value.description
  }

  /// Letters, digits and `_`. Colons are legal in metric names, but for recording rules only.
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !isDigit(first) else { return false }
    return name.utf8.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
