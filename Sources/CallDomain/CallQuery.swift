/// Which part of Twilio's call log to list, newest first.
///
/// Bounds are sent as they are; whether Twilio honours the time of day is not promised
/// (facts 1.5), so whoever asks filters the answer again.
package struct CallQuery: Hashable, Sendable {
  /// Calls that started at or after this moment, rounded down to the second.
  package var startedFrom: Timestamp?
  /// Calls that started before this moment, rounded up to the second.
  package var startedBefore: Timestamp?
  /// Calls that ended at or after this moment, rounded down to the second.
  package var endedFrom: Timestamp?
  /// Calls that ended before this moment, rounded up to the second.
  package var endedBefore: Timestamp?

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
