import CallDomain

extension PageLanguage {
  /// A day in UTC: `5 oct`.
  func day(_ moment: Timestamp) -> String {
    let parts = moment.isoDate.split(separator: "-").map { Int($0) ?? 0 }
    guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return moment.isoDate }
    return "\(parts[2])\u{A0}\(months[parts[1] - 1])"
  }

  /// The time of day in UTC: `20:05`.
  func clock(_ moment: Timestamp) -> String {
    String(moment.iso8601.dropFirst(11).prefix(5))
  }

  /// A moment that is not long ago, in UTC: `5 oct, 20:05`.
  func minute(_ moment: Timestamp) -> String {
    "\(day(moment)), \(clock(moment))"
  }

  /// Any moment: `5 oct 2025, 20:05 UTC`.
  func time(_ moment: Timestamp) -> String {
    "\(day(moment))\u{A0}\(moment.isoDate.prefix(4)), \(clock(moment))\u{A0}UTC"
  }

  /// A sentence with its times as a person writes them.
  func readable(_ sentence: String) -> String {
    sentence.replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) { match in
      Timestamp(iso8601: String(match.output)).map(time) ?? String(match.output)
    }
  }

  private var months: [String] {
    switch self {
    case .spanish: ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"]
    case .english: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    }
  }
}
