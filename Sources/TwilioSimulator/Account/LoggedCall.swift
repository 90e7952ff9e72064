import CallDomain

/// A call of the log.
protocol LoggedCall: AnyObject, Sendable {
  var created: Timestamp { get }
  var sid: String { get }
  /// The moment from which the list shows the call; nil for the account's usual lag.
  var listed: Timestamp? { get }
  /// What filters look at.
  func facts(at now: Timestamp, _ json: CallJSON) -> FilteredFacts
  /// The call's JSON object.
  func bytes(at now: Timestamp, _ json: CallJSON) -> [UInt8]
}

/// A call that the list leaves out, and that Twilio gives when it is asked for alone.
final class LostCall: LoggedCall {
  private let call: any LoggedCall

  init(_ call: any LoggedCall) { self.call = call }

  var created: Timestamp { call.created }
  var sid: String { call.sid }
  var listed: Timestamp? { .distantFuture }
  func facts(at now: Timestamp, _ json: CallJSON) -> FilteredFacts { call.facts(at: now, json) }
  func bytes(at now: Timestamp, _ json: CallJSON) -> [UInt8] { call.bytes(at: now, json) }
}

extension LoggedCall {
  var position: LogPosition { LogPosition(created: created, sid: sid) }
}

/// Where a call is in the log: the list is newest first, by creation and then by SID.
struct LogPosition: Comparable, Sendable {
  let created: Timestamp
  let sid: String

  static func < (left: LogPosition, right: LogPosition) -> Bool {
    (left.created, left.sid) < (right.created, right.sid)
  }
}

/// The fields of a call that a list can be filtered by.
struct FilteredFacts: Sendable {
  let to: String
  let from: String
  let parentCallSID: String?
  let status: String
  /// `start_time`, or `date_created` of a call that shows no start: Twilio's rule for those is not
  /// published, and hiding them for ever would hide them from every client.
  let started: Timestamp
  /// `end_time`; a call without one matches no filter by end.
  let ended: Timestamp?
}

/// A call whose life goes on.
final class LivingCall: LoggedCall {
  fileprivate let call: SimulatedCall

  init(_ call: SimulatedCall) { self.call = call }

  var created: Timestamp { call.life.created }
  var sid: String { call.sid }
  var listed: Timestamp? { nil }

  func facts(at now: Timestamp, _ json: CallJSON) -> FilteredFacts {
    let life = call.life.seen(at: now)
    return FilteredFacts(
      to: call.to, from: call.from, parentCallSID: call.parentCallSID, status: life.status,
      started: json.style.start(of: life) ?? created, ended: json.style.end(of: life))
  }

  func bytes(at now: Timestamp, _ json: CallJSON) -> [UInt8] { json.bytes(of: call, at: now) }
}

/// A call that does not change any more, already written.
final class SettledCall: LoggedCall {
  let created: Timestamp
  let sid: String
  /// The last change; all of this holds from here on.
  let since: Timestamp
  let listed: Timestamp?
  private let facts: FilteredFacts
  let bytes: [UInt8]

  init(
    created: Timestamp, sid: String, since: Timestamp, listed: Timestamp? = nil, facts: FilteredFacts,
    bytes: [UInt8]
  ) {
    (self.created, self.sid, self.since, self.listed) = (created, sid, since, listed)
    (self.facts, self.bytes) = (facts, bytes)
  }

  convenience init(_ living: LivingCall, _ json: CallJSON) {
    let since = living.call.life.lastChange
    self.init(
      created: living.created, sid: living.sid, since: since, facts: living.facts(at: since, json),
      bytes: living.bytes(at: since, json))
  }

  func facts(at _: Timestamp, _: CallJSON) -> FilteredFacts { facts }
  func bytes(at _: Timestamp, _: CallJSON) -> [UInt8] { bytes }
}
