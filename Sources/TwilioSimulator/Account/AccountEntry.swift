/// Where a call stands in the log: newest first by creation, then by SID.
struct LogPosition: Hashable, Comparable, Sendable {
  let created: Moment
  let sid: String

  static func < (left: LogPosition, right: LogPosition) -> Bool {
    (left.created, left.sid) < (right.created, right.sid)
  }
}

/// A call of the log: one with a life of its own, one whose life is over and that is written already,
/// or one given word for word by a test.
enum AccountEntry: Sendable {
  indirect case living(SimulatedCall)
  case settled(SettledCall)
  indirect case document(CallDocument)

  var position: LogPosition {
    switch self {
    case .living(let call): return LogPosition(created: call.life.created, sid: call.sid)
    case .settled(let call): return call.position
    case .document(let document): return LogPosition(created: document.created, sid: document.sid)
    }
  }

  /// The moment from which the list shows the call.
  func listed(lagSeconds: Int64) -> Moment {
    if case .document(let document) = self, let listed = document.listed { return listed }
    return position.created.adding(seconds: lagSeconds)
  }

  /// What filters look at.
  func facts(at now: Moment, style: EmptyFieldStyle) -> FilteredFacts {
    switch self {
    case .living(let call): return FilteredFacts(call, at: now, style: style)
    case .settled(let call): return call.facts
    case .document(let document): return document.facts
    }
  }
}

/// The fields of a call that a list can be filtered by.
struct FilteredFacts: Equatable, Sendable {
  var to: String
  var from: String
  var parentCallSID: String?
  var status: String
  /// `start_time`, or `date_created` of a call that shows no start: Twilio's rule for those is not
  /// published, and hiding them for ever would hide them from every client.
  var started: Moment
  /// `end_time`; a call without one matches no filter by end.
  var ended: Moment?
}

extension FilteredFacts {
  init(_ call: SimulatedCall, at now: Moment, style: EmptyFieldStyle) {
    let state = call.life.state(at: now)
    to = call.to
    from = call.from
    parentCallSID = call.parentCallSID
    status = state.status
    started = style.start(of: state) ?? call.life.created
    ended = style.end(of: state)
  }
}

/// What a call shows that nobody answered (facts 1.11).
package enum EmptyFieldStyle: String, Hashable, Sendable {
  /// As Twilio's documentation says: no end, an empty duration, absent SIDs null.
  case documented
  /// As real answers look: start, end and duration `"0"` set, absent trunk and caller name `""`.
  case real

  func start(of state: CallState) -> Moment? {
    let neverDialled = state.status == "failed" || state.status == "canceled"
    return self == .documented && neverDialled ? nil : state.started
  }

  func end(of state: CallState) -> Moment? {
    self == .documented && state.isUnanswered ? nil : state.ended
  }
}
