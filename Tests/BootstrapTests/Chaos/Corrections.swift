import TestSupport
import TwilioSimulator

/// What Twilio corrects after it has told of a call.
extension SimulatedCall {
  /// Whether it is of case 1 or 2, and `from` a number of ours.
  var isOurs: Bool { ["outbound-api", "trunking-terminating"].contains(direction) }

  /// With another direction.
  func turned(_ random: inout TestSupport.SeededRandom) -> SimulatedCall {
    var call = self
    call.direction = random.one(
      of: "trunking-originating", "trunking-terminating", "outbound-api", "inbound", "x-leg")
    return call
  }

  /// Priced within the second in which it ended, so that `date_updated` stays as it was; nil where it has not
  /// ended, or nobody answered.
  func pricedAtItsEnd(_ price: String) -> SimulatedCall? {
    guard let ended = life.ended, life.answered != nil else { return nil }
    var call = self
    call.life.priced = ended
    call.price = price
    return call
  }
}
