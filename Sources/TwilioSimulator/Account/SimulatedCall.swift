package import CallDomain

/// A call of the simulated account: its parties and its life.
package struct SimulatedCall: Hashable, Sendable {
  /// `CA` and 32 hexadecimal digits.
  package var sid: String
  /// Twilio's word, or one that it does not know.
  package var direction: String
  /// The caller and the called party, as Twilio sends them.
  package var from: String
  package var to: String
  package var life: CallLife
  /// The charge with its sign, such as `-0.0560`; shown once the life says that it is priced.
  package var price: String?
  /// The leg that made this one.
  var parentCallSID: String?
  /// Other JSON fields, shown once the call has ended.
  var lateFields: [String: JSONValue] = [:]

  package init(
    sid: String, direction: String = "outbound-api", from: String, to: String, life: CallLife,
    price: String? = nil
  ) {
    (self.sid, self.direction, self.from, self.to) = (sid, direction, from, to)
    (self.life, self.price) = (life, price)
  }
}

/// When things happen to a call; what Twilio shows of it follows from this and the clock.
package struct CallLife: Hashable, Sendable {
  /// `date_created`; the call is `queued` from here on.
  package var created: Timestamp
  /// `start_time`; the call is `ringing` from here on. Nil when it never leaves the queue.
  package var dialled: Timestamp?
  /// The call is `in-progress` from here on. Nil when nobody answers.
  package var answered: Timestamp?
  /// `end_time`; the call has its final status from here on. Nil when it never becomes final.
  package var ended: Timestamp?
  /// The price is known from here on. Nil when it never is.
  package var priced: Timestamp?
  /// The final status.
  package var outcome: String

  /// A life; the moments must not run backwards.
  package init(
    created: Timestamp, dialled: Timestamp? = nil, answered: Timestamp? = nil, ended: Timestamp? = nil,
    priced: Timestamp? = nil, outcome: String = "completed"
  ) {
    (self.created, self.dialled, self.answered) = (created, dialled, answered)
    (self.ended, self.priced, self.outcome) = (ended, priced, outcome)
  }

  /// What can be seen of it at `now`, which is not before `created`: nothing that is to come.
  package func seen(at now: Timestamp) -> CallLife {
    func past(_ moment: Timestamp?) -> Timestamp? { moment.flatMap { $0 <= now ? $0 : nil } }
    return CallLife(
      created: created, dialled: past(dialled), answered: past(answered), ended: past(ended),
      priced: past(ended) == nil ? nil : past(priced), outcome: outcome)
  }

  /// Twilio's word, or the odd one a test asks for.
  package var status: String {
    ended != nil ? outcome : answered != nil ? "in-progress" : dialled != nil ? "ringing" : "queued"
  }
  /// Whether the call ended and nobody had answered.
  var isUnanswered: Bool { ["busy", "failed", "no-answer", "canceled"].contains(status) }
  /// `date_updated`; nothing happens to the call from here on.
  var lastChange: Timestamp { [created, dialled, answered, ended, priced].compactMap { $0 }.last ?? created }
}
