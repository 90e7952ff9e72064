/// How long Twilio is asked again for a call that is not settled (contract section 4, late facts).
package enum Watch {
  /// A call is given up only after one asking at this age or more.
  package static let givenUpAfterHours = 48

  /// What becomes of a merged call's place among the unsettled calls, now that Twilio was asked.
  package enum Change: Hashable, Sendable {
    case none
    /// Settled: it leaves the list.
    case remove
    /// Unsettled: it is on the list, was asked just now, and is perhaps given up.
    case asked(givenUp: Bool)
  }

  package static func change(for call: Call, stored: StoredCall?, readAt: Timestamp) -> Change {
    let isListed = stored.map { $0.isOnWatch || $0.isGivenUp } ?? false
    guard call.isUnsettled else { return isListed ? .remove : .none }
    if stored?.isGivenUp == true { return .none }
    let age = readAt.milliseconds(since: call.callDate ?? .epoch)
    return .asked(givenUp: age >= Int64(givenUpAfterHours) * 3_600_000)
  }
}
