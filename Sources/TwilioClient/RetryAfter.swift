import CallDomain

/// The `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
  /// - Parameter now: the answer's own `Date`, against which a date is held; this room has no
  ///   clock.
  /// - Returns: seconds, 0 for a date that has passed; nil for anything that is neither form, and
  ///   for a date without `now`.
  static func seconds(_ value: String, at now: Timestamp?) -> Int? {
    if !value.isEmpty, value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      return Int(value)
    }
    guard let date = TwilioDate.parse(value), let now else { return nil }
    return Int(max(0, (date.milliseconds(since: now) + 999) / 1000))
  }
}
