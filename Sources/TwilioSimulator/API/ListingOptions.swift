/// How the list behaves where Twilio's documents leave it open, and how it misbehaves on demand.
package struct ListingOptions: Hashable, Sendable {
  /// How precisely filters by time are honoured.
  package var precision: DatePrecision = .exact
  /// What unanswered calls show.
  package var emptyFields: EmptyFieldStyle = .real
  /// Seconds from a call's creation until the list shows it.
  package var lagSeconds: Int64 = 0
  /// Whether a list whose length is a multiple of the page size ends with an empty page.
  package var emptyLastPage = false
  /// How the list ends.
  package var ending = ListEnding.last
  /// How many new calls come in after each page served.
  package var insertedBetweenPages = 0
  /// How many rows of the page before are repeated on each further page; less than the page size.
  package var repeatedRows = 0
  /// `StartTime>` further back than so many days is refused with 20004; nil for no such limit.
  package var retentionDays: Int?

  /// Everything as it usually is.
  package init() {}
}

/// What the list says of the page after its last one.
package enum ListEnding: String, Hashable, Sendable, CaseIterable {
  /// That there is none.
  case last
  /// Its first two further pages name each other.
  case circle
  /// There is always another, without calls.
  case never
}
