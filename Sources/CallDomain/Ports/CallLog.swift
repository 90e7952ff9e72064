/// Where calls come from: Twilio's log, page by page.
package protocol CallLog: Sendable {
  /// The first page of a listing, newest first; the following ones are as large.
  func list(_ query: CallQuery) async throws(RunFailure) -> CallPage
  /// The page at `CallPage.next`.
  func next(_ reference: String) async throws(RunFailure) -> CallPage
  /// A page of that one call, an empty one when Twilio does not know it.
  func call(_ sid: CallSID) async throws(RunFailure) -> CallPage
}

/// Which part of Twilio's call log to list, newest first.
///
/// Bounds are sent as they are; whether Twilio honours the time of day is not promised
/// (Twilio.md, "Filters by time"), so whoever asks filters the answer again.
package struct CallQuery: Hashable, Sendable {
  /// Calls that started at or after this moment, rounded down to the second.
  package var startedFrom: Timestamp?
  /// Calls that started before this moment, rounded up to the second.
  package var startedBefore: Timestamp?
  /// Calls that ended at or after this moment, rounded down to the second.
  package var endedFrom: Timestamp?
  /// Calls that ended before this moment, rounded up to the second.
  package var endedBefore: Timestamp?
  /// Calls on a page, 1 to `largestPage`; so many are on the following ones, too.
  package var pageSize = largestPage

  /// Twilio's largest page; without the parameter a page holds 50.
  package static let largestPage = 1000

  package init(
    startedFrom: Timestamp? = nil, startedBefore: Timestamp? = nil, endedFrom: Timestamp? = nil,
    endedBefore: Timestamp? = nil
  ) {
    self.startedFrom = startedFrom
    self.startedBefore = startedBefore
    self.endedFrom = endedFrom
    self.endedBefore = endedBefore
  }
}

/// How far the process's clock may be from Twilio's, or from the database's, in seconds.
package enum ClockLimits {
  /// Beyond it people are warned.
  package static let warning = 60
  /// Beyond it a run fails, where it is Twilio's.
  package static let failure = 300
}

/// One page of Twilio's call log.
package struct CallPage: Hashable, Sendable {
  /// The page's calls in Twilio's order, newest first, every SID once.
  package var calls: [Call]
  /// Where the next page is, relative to Twilio's host, exactly as Twilio gave it; nil on the
  /// last page.
  package var next: String?
  /// How many records had no valid SID and so cannot be stored.
  package var unreadable: Int
  /// Twilio's clock when it answered, from the `Date` header.
  package var serverTime: Timestamp?

  package init(
    calls: [Call], next: String? = nil, unreadable: Int = 0, serverTime: Timestamp? = nil
  ) {
    self.calls = calls
    self.next = next
    self.unreadable = unreadable
    self.serverTime = serverTime
  }
}
