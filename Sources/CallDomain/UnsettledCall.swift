/// A stored call that Twilio may still have something to add to.
package struct UnsettledCall: Hashable, Sendable {
  package var sid: CallSID
  /// Nil when neither its start nor its creation is known.
  package var callDate: Timestamp?
  /// When Twilio last told of it.
  package var askedAt: Timestamp

  package init(sid: CallSID, callDate: Timestamp?, askedAt: Timestamp) {
    self.sid = sid
    self.callDate = callDate
    self.askedAt = askedAt
  }
}
