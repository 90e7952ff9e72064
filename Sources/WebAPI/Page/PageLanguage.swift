import CallDomain
import WebServer

/// How the pages are read: in which language, and by whose clocks.
struct PageLanguage: Hashable, Sendable {
  private enum Code: String, CaseIterable {
    case spanish = "es"
    case english = "en"
  }

  private var code: Code
  /// By whose clocks times are shown; days are those of UTC everywhere.
  let zone: ClockZone

  static let spanish = PageLanguage(code: .spanish, zone: .utc)
  static let english = PageLanguage(code: .english, zone: .utc)
  static let allCases = [spanish, english]

  private init(code: Code, zone: ClockZone) {
    self.code = code
    self.zone = zone
  }

  /// `lang` of the query decides, else Spanish, the language of the operators.
  init(query: [RequestTarget.QueryItem], zone: ClockZone = .utc) {
    let asked = query.last { $0.name == "lang" }?.value
    self.init(code: asked.flatMap(Code.init(rawValue:)) ?? .spanish, zone: zone)
  }

  /// As HTML and the query name it: `es`, `en`.
  var rawValue: String { code.rawValue }

  var isSpanish: Bool { code == .spanish }

  var other: PageLanguage { PageLanguage(code: isSpanish ? .english : .spanish, zone: zone) }

  /// One of two wordings.
  func say(_ spanish: String, _ english: String) -> String {
    isSpanish ? spanish : english
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

  /// `1 llamada`, `12 llamadas`.
  func calls(_ count: Int) -> String {
    number(count) + (count == 1 ? say(" llamada", " call") : say(" llamadas", " calls"))
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

extension PageLanguage {
  /// A day of UTC: `5 oct`.
  func day(_ moment: Timestamp) -> String {
    let parts = moment.isoDate.split(separator: "-").map { Int($0) ?? 0 }
    guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return moment.isoDate }
    return "\(parts[2])\u{A0}\(months[parts[1] - 1])"
  }

  /// What of the calls is added up: `últimos 30 días`, `del 1 sep al 30 sep 2025`.
  func days(_ scope: PageScope) -> String {
    let count = scope.days.count
    guard !scope.endsNow else {
      return say(count == 1 ? "hoy" : "últimos \(count) días", count == 1 ? "today" : "last \(count) days")
    }
    let year = scope.last.isoDate.prefix(4)
    return say(
      "del \(day(scope.period.start)) al \(day(scope.last)) \(year)",
      "from \(day(scope.period.start)) to \(day(scope.last)) \(year)")
  }

  /// The time of day: `20:05`.
  func clock(_ moment: Timestamp) -> String {
    String(zone.local(moment).iso8601.dropFirst(11).prefix(5))
  }

  /// A moment that is not long ago: `5 oct, 20:05`, and `25 oct, 02:00 UTC+2` where the clocks show that twice.
  func minute(_ moment: Timestamp) -> String {
    "\(day(zone.local(moment))), \(clock(moment))"
      + (zone.repeats(moment) ? "\u{A0}\(zone.label(at: moment))" : "")
  }

  /// Any moment: `5 oct 2025, 20:05 UTC`.
  func time(_ moment: Timestamp) -> String {
    let local = zone.local(moment)
    return "\(day(local))\u{A0}\(local.isoDate.prefix(4)), \(clock(moment))\u{A0}\(zone.label(at: moment))"
  }

  /// How long before `now` something was: `hace 2 h 5 min`.
  func ago(_ moment: Timestamp, now: Timestamp) -> String {
    let time = duration(seconds: max(0, now.milliseconds(since: moment)) / 1000)
    return say("hace \(time)", "\(time) ago")
  }

  /// A sentence with its times as a person writes them.
  func readable(_ sentence: String) -> String {
    sentence.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) { match in
      Timestamp(iso8601: String(match.output)).map(time) ?? String(match.output)
    }
  }

  private var months: [String] {
    isSpanish
      ? ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
      : ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  }
}

extension PageLanguage {
  /// The language of stored sentences, where it is another than the page's.
  var foreign: String? { isSpanish ? nil : "es" }

  func kind(_ kind: RunKind) -> String {
    switch kind {
    case .hourly: say("horaria", "hourly")
    case .historical: say("histórica", "historical")
    case .reattribute: say("reasignación", "reattribution")
    case .assign: say("asignación", "assignment")
    case .audit: say("auditoría", "audit")
    }
  }

  func kind(_ kind: AuditDifference.Kind) -> String {
    switch kind {
    case .missing: say("falta", "missing")
    case .gone: say("Twilio ya no la conoce", "gone at Twilio")
    case .different: say("distinta", "different")
    case .misattributed: say("mal asignada", "misattributed")
    }
  }

  /// The kind of a run, a rehearsal as such.
  func kind(of run: SyncRun) -> String {
    kind(run.kind) + (run.isRehearsal ? say(" (ensayo)", " (rehearsal)") : "")
  }

  func state(_ state: RunState) -> String {
    switch state {
    case .running: say("en curso", "running")
    case .succeeded: say("bien", "succeeded")
    case .failed: say("falló", "failed")
    case .interrupted: say("interrumpida", "interrupted")
    }
  }

  /// The state of a run, coloured by what it means.
  func mark(_ state: RunState) -> HTML {
    let style =
      switch state {
      case .running: "mark"
      case .succeeded: "mark good"
      case .failed, .interrupted: "mark bad"
      }
    return .element("span", ["class": style], text: self.state(state))
  }

  var noCalls: HTML {
    .paragraph(say("Ninguna llamada.", "No calls."), style: "quiet")
  }
}
