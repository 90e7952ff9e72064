import CallDomain
import Synchronization
import TwilioClient

/// Dates: what is read, and what is refused, is what Foundation's calendar and formatter say of it; and what
/// was read is the same when it is written and read again.
enum DateProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    try foundation.withLock { foundation throws(BrokenProperty) in try check(input, foundation) }
  }

  private static let foundation = Mutex(FoundationDates())

  private static func check(_ input: [UInt8], _ foundation: FoundationDates) throws(BrokenProperty) {
    let text = String(decoding: input, as: UTF8.self)
    let twilio = TwilioDate.parse(text)
    try compare(twilio, foundation.twilio(text), text)
    let iso = Timestamp(iso8601: text)
    try compare(iso, foundation.iso8601(text), text)
    for moment in [twilio, iso].compactMap(\.self) { try writeAndRead(moment, foundation) }
    if input.count == 8 { try writeAndRead(moment(input), foundation) }
  }

  private static func compare(
    _ found: Timestamp?, _ expected: Timestamp?, _ text: String
  ) throws(BrokenProperty) {
    try hold(
      found == expected,
      "\(text.debugDescription) is \(words(found)) and for Foundation \(words(expected))")
  }

  private static func writeAndRead(
    _ moment: Timestamp, _ foundation: FoundationDates
  ) throws(BrokenProperty) {
    try hold(Timestamp(iso8601: moment.iso8601) == moment, "\(moment.iso8601) is another moment when read")
    try hold(
      foundation.iso8601(moment.iso8601) == moment, "\(moment.iso8601) is another one for Foundation")
    let date = foundation.twilioText(of: moment)
    try hold(
      TwilioDate.parse(date)?.iso8601Seconds == moment.iso8601Seconds,
      "\(moment.iso8601) is \(date), which is read as \(words(TwilioDate.parse(date)))")
    try hold(
      moment.startOfDay <= moment && (moment < moment.startOfNextDay || moment == last)
        && moment.startOfDay.iso8601 == moment.isoDate + "T00:00:00.000Z",
      "the day of \(moment.iso8601) begins at \(moment.startOfDay.iso8601)")
  }

  private static let last = Timestamp(milliseconds: .max)

  /// Any moment of the years 1 to 9999, from eight bytes.
  private static func moment(_ input: [UInt8]) -> Timestamp {
    let bits = input.reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    return Timestamp(milliseconds: Int64(bits % 315_537_897_600_000) - 62_135_596_800_000)
  }

  private static func words(_ moment: Timestamp?) -> String {
    moment?.iso8601 ?? "no date"
  }
}
