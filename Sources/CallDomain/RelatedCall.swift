/// A call of case 1 or 2 that rang a transfer's lead: a candidate for rule 2.
package struct RelatedCall: Hashable, Sendable {
  package let sid: CallSID
  /// The workspace's number that made the call.
  package let ownNumber: PhoneNumber
  /// The call's effective time.
  package let time: Timestamp

  package init(sid: CallSID, ownNumber: PhoneNumber, time: Timestamp) {
    self.sid = sid
    self.ownNumber = ownNumber
    self.time = time
  }

  /// Nil unless `call` is of case 1 or 2 and its caller is known.
  package init?(_ call: Call) {
    guard let ownNumber = call.ownNumber else { return nil }
    self.init(sid: call.sid, ownNumber: ownNumber, time: call.effectiveTime)
  }

  /// Of `calls` the one that decides a transfer at `moment`: the nearest in time; of two equally
  /// near the one not later than the transfer, then the one with the smaller SID.
  package static func nearest(
    to moment: Timestamp, among calls: some Sequence<RelatedCall>
  ) -> RelatedCall? {
    calls.min { left, right in
      let distances = (left.distance(to: moment), right.distance(to: moment))
      if distances.0 != distances.1 { return distances.0 < distances.1 }
      let isEarlier = left.time <= moment
      if isEarlier != (right.time <= moment) { return isEarlier }
      return left.sid < right.sid
    }
  }

  private func distance(to moment: Timestamp) -> Int64 {
    abs(time.milliseconds(since: moment))
  }
}
