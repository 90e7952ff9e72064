/// What is stored of an alert besides whether it fires.
package struct AlertRecord: Hashable, Sendable {
  /// Whether whoever listens was told last that it fires; nil where a message may have been heard or not.
  package let isToldFiring: Bool?
  /// Grows with everyone who sets out to tell.
  package let claim: Int64
  /// Milliseconds for which whoever set out last still has the telling to himself; 0 where nobody has.
  package let claimedFor: Int64

  package init(isToldFiring: Bool? = false, claim: Int64 = 0, claimedFor: Int64 = 0) {
    self.isToldFiring = isToldFiring
    self.claim = claim
    self.claimedFor = claimedFor
  }
}

/// What one process has left to tell of alerts, and when it tries: what is known is compared with what was told,
/// so that nothing is lost with whoever saw a change first. The pauses are forgotten with the process, so that a
/// new one, perhaps with another address, tries at once.
package struct AlertTelling: Sendable {
  /// How an attempt to tell ended.
  package enum Outcome: Sendable, CaseIterable {
    case told
    /// Was not taken, and may be when it is tried again.
    case failed
    /// May have been heard: the answer did not come.
    case unanswered
    /// Was understood, and would be refused again.
    case refused
    /// Another process was quicker.
    case taken
  }

  private struct Untold {
    let isFiring: Bool
    var failures = 0
    var next: Int64
  }

  private var untold: [Alert.Name: Untold] = [:]
  private var isDown = false

  /// An attempt that is to follow within so many milliseconds is worth waiting for.
  package static let hurry: Int64 = 8000

  package init() {}

  /// The alerts of which to tell now. One that fired and ended unheard needs no telling, nor does one that ended
  /// and fires again before its end was told; what may have been heard is told in any case. A muted one waits.
  ///
  /// - Parameter now: By a clock that never goes back, in milliseconds.
  package mutating func due(_ alerts: [Alert], _ records: [Alert.Name: AlertRecord], now: Int64) -> [Alert] {
    alerts.filter { alert in
      let record = records[alert.name] ?? AlertRecord()
      guard !alert.isMuted, alert.isFiring != record.isToldFiring else {
        untold[alert.name] = nil
        return false
      }
      let known = untold[alert.name].flatMap { $0.isFiring == alert.isFiring ? $0 : nil }
      var entry = known ?? Untold(isFiring: alert.isFiring, next: now)
      if record.claimedFor > 0 { entry.next = max(entry.next, now + record.claimedFor) }
      untold[alert.name] = entry
      return entry.next <= now
    }
  }

  /// Takes in how an attempt ended.
  ///
  /// - Returns: Whether the log should say that nobody takes the alerts: once until one is taken again.
  package mutating func note(_ outcome: Outcome, of name: Alert.Name, now: Int64) -> Bool {
    guard outcome != .told, outcome != .taken else {
      untold[name] = nil
      if outcome == .told { isDown = false }
      return false
    }
    let failures = (untold[name]?.failures ?? 0) + 1
    untold[name]?.failures = failures
    let pause = Self.pause(after: failures, outcome)
    untold[name]?.next = now + pause
    defer { isDown = isDown || pause > Self.hurry }
    return !isDown && pause > Self.hurry
  }

  /// Milliseconds until the next attempt; nil where nothing is left to tell.
  package func wait(now: Int64) -> Int64? {
    untold.values.map { max(0, $0.next - now) }.min()
  }

  /// What was told of an alert after an attempt to tell it; nil where that is unknown.
  package static func told(_ alert: Alert, after outcome: Outcome, before record: AlertRecord) -> Bool? {
    switch outcome {
    case .told: alert.isFiring
    case .unanswered: nil
    case .failed, .refused, .taken: record.isToldFiring
    }
  }

  /// Milliseconds to wait after so many attempts in a row that nobody took, the last of which ended like this.
  package static func pause(after failures: Int, _ outcome: Outcome) -> Int64 {
    let hurried: [Int64] = [500, 2000, hurry]
    let doublings = min(max(failures, 1), 11) - 1
    switch outcome {
    case .told, .taken: return 0
    case .failed where doublings < hurried.count: return hurried[doublings]
    case .failed, .unanswered: return min(max(5000 << doublings, 30_000), 300_000)
    case .refused: return min(300_000 << doublings, 3_600_000)
    }
  }
}

extension ServiceStatus {
  /// The alerts that began or ceased to fire since what is known of them was recorded. Quiet times change nothing:
  /// they mute an alert and do not end it. Compared is what was read together with the facts, so that a look that
  /// took long undoes nothing that a later one has recorded.
  package var changes: [Alert] {
    alerts.filter { !$0.isMuted && $0.isFiring != (facts.firingSince[$0.name] != nil) }
  }
}
