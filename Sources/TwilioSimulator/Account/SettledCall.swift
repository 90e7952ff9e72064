/// A call of a stream as it is from its last change on: where it stands, what filters look at, and how
/// it is written.
final class SettledCall: Sendable {
  let position: LogPosition
  /// The last change; all of this holds from here on.
  let since: Moment
  let facts: FilteredFacts
  /// The call's JSON object.
  let json: [UInt8]

  init(_ call: SimulatedCall, json writer: CallJSON) {
    since = call.life.settled
    position = LogPosition(created: call.life.created, sid: call.sid)
    facts = FilteredFacts(call, at: since, style: writer.style)
    var text = JSONWriter(reserving: 2400)
    writer.append(.living(call), at: since, to: &text)
    json = Array(text.bytes)
  }
}
