import CallDomain
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

  /// A sum of money to the cent: `12,35 USD`.
  func money(millionths: Int64, unit: String) -> String {
    let cents = (millionths.magnitude + 5000) / 10_000
    let rest = cents % 100
    return (millionths < 0 ? "−" : "") + number(Int(cents / 100)) + say(",", ".") + (rest < 10 ? "0" : "")
      + "\(rest)" + (unit.isEmpty ? "" : "\u{A0}\(unit)")
  }

  /// A share in whole percent, of which only nothing is 0 and only everything 100.
  func percent(_ part: Int, of whole: Int) -> String {
    guard part > 0, whole > 0 else { return "0\u{A0}%" }
    let hundredfold = part.multipliedClamped(by: 100)
    return part >= whole
      ? "100\u{A0}%" : hundredfold < whole ? "<\u{A0}1\u{A0}%" : "\(hundredfold / whole)\u{A0}%"
  }

  /// A short length of time to the tenth of a second: `1,2 s`.
  func seconds(_ milliseconds: Int64) -> String {
    guard milliseconds < 60_000 else { return duration(seconds: milliseconds / 1000) }
    return "\(milliseconds / 1000)\(say(",", "."))\(milliseconds % 1000 / 100)\u{A0}s"
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
