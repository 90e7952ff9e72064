/// When things happen to a call; what Twilio shows of it follows from this and the clock.
package struct CallLife: Hashable, Sendable {
  /// `date_created`; the call is `queued` from here on.
  package var created: Moment
  /// `start_time`; the call is `ringing` from here on. Nil when it never leaves the queue.
  package var dialled: Moment?
  /// The call is `in-progress` from here on. Nil when nobody answers.
  package var answered: Moment?
  /// `end_time`; the call has its final status from here on. Nil when it never becomes final.
  package var ended: Moment?
  /// The price is known from here on. Nil when it never is.
  package var priced: Moment?
  /// The final status.
  package var outcome: String

  /// A life; the moments must not run backwards.
  package init(
    created: Moment, dialled: Moment? = nil, answered: Moment? = nil, ended: Moment? = nil,
    priced: Moment? = nil, outcome: String = "completed"
  ) {
    self.created = created
    self.dialled = dialled
    self.answered = answered
    self.ended = ended
    self.priced = priced
    self.outcome = outcome
  }

  /// What can be seen at `now`, which is not before `created`.
  package func state(at now: Moment) -> CallState {
    CallState(
      status: status(at: now), started: past(dialled, now), ended: past(ended, now),
      priced: past(priced, now) != nil && past(ended, now) != nil,
      updated: changes.last { $0 <= now } ?? created)
  }

  /// The last change; nothing happens to the call from here on.
  var settled: Moment { changes.last ?? created }

  private var changes: [Moment] {
    [created, dialled, answered, ended, priced].compactMap { $0 }
  }

  private func status(at now: Moment) -> String {
    if past(ended, now) != nil { return outcome }
    if past(answered, now) != nil { return "in-progress" }
    return past(dialled, now) == nil ? "queued" : "ringing"
  }

  private func past(_ moment: Moment?, _ now: Moment) -> Moment? {
    guard let moment, moment <= now else { return nil }
    return moment
  }
}

/// A call as it looks at one moment.
package struct CallState: Hashable, Sendable {
  /// A value of facts 1.9, or the odd one a test asks for.
  package let status: String
  /// `start_time`; nil before the call was dialled.
  package let started: Moment?
  /// `end_time`; nil before the end.
  package let ended: Moment?
  /// Whether the price is known.
  package let priced: Bool
  /// `date_updated`: the last change.
  package let updated: Moment

  /// Whether the call ended without anybody answering.
  var isUnanswered: Bool {
    ["busy", "failed", "no-answer", "canceled"].contains(status)
  }

  /// Whole seconds from start to end; nil while the call lasts.
  var durationSeconds: Int64? {
    guard let started, let ended else { return nil }
    return isUnanswered ? 0 : ended.seconds - started.seconds
  }
}
