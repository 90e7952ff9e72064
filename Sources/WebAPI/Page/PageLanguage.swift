import WebServer

/// The languages of the status page.
enum PageLanguage: String, Sendable, CaseIterable {
  case spanish = "es"
  case english = "en"

  /// `lang` of the query decides, else Spanish, the language of whoever operates the service.
  init(query: [RequestTarget.QueryItem]) {
    let asked = query.last { $0.name == "lang" }?.value
    self = asked.flatMap(PageLanguage.init(rawValue:)) ?? .spanish
  }

  var other: PageLanguage { self == .spanish ? .english : .spanish }

  /// One of two wordings.
  func say(_ spanish: String, _ english: String) -> String {
    self == .spanish ? spanish : english
  }

  /// A whole number with its thousands apart, by a narrow space that no line breaks at (SI Brochure, 5.4.4).
  func number(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "\u{202F}" }
      grouped.append(digit)
    }
    return (number < 0 ? "−" : "") + grouped
  }

  /// A sum of money to the cent, out of a decimal of any length: `12,35 USD`.
  func money(_ decimal: String, unit: String?) -> String {
    let isNegative = decimal.hasPrefix("-")
    let parts = decimal.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    let digits = parts.count > 1 ? Array(parts[1].utf8.prefix(3)) : []
    let thousandths = (0..<3).reduce(0) { sum, index in
      sum * 10 + (index < digits.count ? Int(digits[index]) - 48 : 0)
    }
    guard let whole = Int(parts.first ?? "0") else { return decimal }
    let cents = whole * 100 + (thousandths + 5) / 10
    let rest = cents % 100
    return (isNegative ? "−" : "") + number(cents / 100) + say(",", ".") + (rest < 10 ? "0" : "") + "\(rest)"
      + (unit.map { "\u{A0}\($0)" } ?? "")
  }

  /// A length of time in its two largest units: `2 h 5 min`.
  func duration(seconds: Int64) -> String {
    switch seconds {
    case ..<60: "\(max(0, seconds))\u{A0}s"
    case ..<3600: "\(seconds / 60)\u{A0}min"
    case ..<86_400: "\(seconds / 3600)\u{A0}h \(seconds % 3600 / 60)\u{A0}min"
    default: "\(seconds / 86_400)\u{A0}d \(seconds % 86_400 / 3600)\u{A0}h"
    }
  }
}
