/// How many requests may be under way: halved when Twilio says that there are too many (429), one more
/// after each round of requests that it answered. Pure.
struct ConcurrencyLimit: Hashable, Sendable {
  /// `TWILIO_CONCURRENCY`.
  let maximum: Int
  /// Requests that may be under way now, from 1 to `maximum`.
  private(set) var allowed: Int
  /// Answers since the limit changed.
  private var answered = 0
  /// Grows with every change downwards; a request remembers the one it was sent under.
  private(set) var epoch = 0

  init(maximum: Int) {
    self.maximum = max(1, maximum)
    allowed = self.maximum
  }

  /// A request was answered as usual.
  mutating func succeeded() {
    guard allowed < maximum else { return }
    answered += 1
    guard answered >= allowed else { return }
    answered = 0
    allowed += 1
  }

  /// A request was refused with 429.
  ///
  /// - Parameter sentUnder: The epoch when it was sent: several requests of one burst are refused
  ///   together and count as one refusal.
  mutating func throttled(sentUnder: Int) {
    guard sentUnder == epoch else { return }
    epoch += 1
    answered = 0
    allowed = max(1, allowed / 2)
  }
}
