import Foundation

/// How the simulator behaves where Twilio's documents leave it open, and how it misbehaves on demand. The
/// command line sets options at the start, the control endpoint later. A new one needs a property, its coding
/// key and a line in `names`.
package struct SimulatorOptions: Equatable, Sendable, Codable {
  /// How precisely filters by time are honoured.
  package var precision = DatePrecision.exact
  /// What unanswered calls show.
  package var emptyFields = EmptyFieldStyle.real
  /// Seconds from a call's creation until the list shows it.
  package var lagSeconds = 0
  /// `StartTime>` further back than so many days is refused with 20004; nil for no such limit.
  package var retentionDays: Int?
  /// Whether a list whose length is a multiple of the page size ends with an empty page.
  package var emptyLastPage = false
  package var ending = ListEnding.last
  /// How many new calls come in after each page served.
  package var insertedBetweenPages = 0
  /// How many rows of the page before are repeated on each further page; less than the page size.
  package var repeatedRows = 0
  /// Milliseconds before every answer of the API.
  package var latencyMilliseconds = 0
  /// Requests in flight beyond which 429 is answered; nil for no limit.
  package var concurrencyLimit: Int?
  /// The host that `next_page_uri` names, which a fault sets for one request; nil for a root-relative URI.
  var nextPageHost: String?
  /// Pages of more calls fail, or are never answered, where a fault says so.
  var largestPage: Int?
  var largestQuickPage: Int?

  private enum CodingKeys: String, CodingKey {
    case precision, emptyFields, lagSeconds, retentionDays, emptyLastPage, ending, insertedBetweenPages
    case repeatedRows, latencyMilliseconds, concurrencyLimit
  }

  package init() {}

  /// On the command line, in JSON, and in the help. A flag without a value is a truth value in JSON.
  static let names: [(argument: String, key: String, help: String)] = [
    ("--latency MS", "latencyMilliseconds", "time before every answer"),
    ("--concurrency-limit N", "concurrencyLimit", "more requests in flight get 429"),
    ("--date-precision MODE", "precision", "exact, or day: filters by time are cut to the UTC day"),
    ("--empty-fields STYLE", "emptyFields", "real, or documented: what unanswered calls show"),
    ("--lag SECONDS", "lagSeconds", "calls appear in the list so late"),
    ("--retention-days N", "retentionDays", "StartTime> further back gets 400 with code 20004"),
    ("--empty-last-page", "emptyLastPage", "a list that fills its last page ends with an empty one"),
    ("--ending MODE", "ending", "last, or circle or never: a list without an end"),
    ("--insert-between-pages N", "insertedBetweenPages", "new calls come in after each page"),
    ("--repeat-rows N", "repeatedRows", "rows repeated on each further page"),
  ]

  /// Sets options by their names in JSON; false for an unknown name or a wrong value, when nothing is set.
  mutating func set(_ given: [String: JSONValue]) -> Bool {
    let areKnown = given.keys.allSatisfy { CodingKeys(rawValue: $0) != nil }
    let areInRange = given.values.compactMap(\.integer).allSatisfy { (0...1_000_000_000_000).contains($0) }
    guard areKnown, areInRange, let changed = try? changed(by: given) else { return false }
    self = changed
    return true
  }

  private func changed(by given: [String: JSONValue]) throws -> SimulatorOptions {
    let known = try JSONDecoder().decode([String: JSONValue].self, from: JSONEncoder().encode(self))
    let fields = JSONValue.object(known.merging(given) { $1 })
    return try JSONDecoder().decode(SimulatorOptions.self, from: Data(fields.bytes))
  }
}

/// What the list says of the page after its last one.
package enum ListEnding: String, Sendable, Codable {
  /// That there is none.
  case last
  /// Its first two further pages name each other.
  case circle
  /// There is always another, without calls.
  case never
}
