package import CallDomain
import WebServer

/// The forms in which Twilio writes and reads times.
extension Timestamp {
  /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
  package var seconds: Int {
    Int(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
  }

  /// This moment without its milliseconds; a call's times have none.
  package var wholeSecond: Timestamp { Timestamp(seconds: Int64(seconds)) }

  /// The form of a call's times: `Sun, 01 Mar 2026 09:05:07 +0000`.
  package var rfc2822: String { HTTPDate.text(unixSeconds: seconds).dropLast(3) + "+0000" }

  /// Reads the form of a call's times; nil for every other text.
  package init?(rfc2822 text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, words[5] == "+0000", let month = Self.months.firstIndex(of: words[2]) else {
      return nil
    }
    self.init(iso8601: "\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4])Z")
  }

  /// Reads a filter's time in the forms of Twilio's published examples: ISO 8601, such as `2026-03-01` and
  /// `2019-06-11 22:05:25.000`, and `06/11/2019 22:05:25 MST`; nil for every other text.
  package init?(filterText text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let date = words[0].split(separator: "/", omittingEmptySubsequences: false)
    guard date.count == 3 else {
      self.init(iso8601: text)
      return
    }
    let time = words.count == 1 ? "" : "T\(words[1])"
    let zone = words.count < 3 ? (time.isEmpty ? "" : "Z") : Self.zones[words[2]]
    guard words.count <= 3, let zone else { return nil }
    self.init(iso8601: "\(date[2])-\(date[0])-\(date[1])\(time)\(zone)")
  }

  static let distantPast = Timestamp(milliseconds: .min)
  static let distantFuture = Timestamp(milliseconds: .max)

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static let zones: [Substring: String] = [
    "UTC": "Z", "GMT": "Z", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
  ]
}
