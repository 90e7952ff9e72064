/// A call of the simulated account: its parties and its life.
package struct SimulatedCall: Hashable, Sendable {
  /// `CA` and 32 hexadecimal digits.
  package var sid: String
  /// One of the five directions of facts 1.10, or an odd one.
  package var direction: String
  /// The caller, as Twilio sends it.
  package var from: String
  /// The called party, as Twilio sends it.
  package var to: String
  /// When what happens.
  package var life: CallLife
  /// The charge with its sign, such as `-0.0560`; shown once the life says that it is priced.
  package var price: String?
  /// The leg that made this one.
  package var parentCallSID: String?
  /// The trunk's SID, for trunk calls.
  package var trunkSID: String?
  /// The number a trunked inbound call was dialled on.
  package var forwardedFrom: String?
  /// `human`, `machine_start`, …; only with answering machine detection.
  package var answeredBy: String?
  /// Keys that Twilio's schema does not know, with their JSON text.
  package var extraKeys: [String: String]

  /// A call; only the SID, the parties and the life are needed.
  package init(
    sid: String, direction: String = "outbound-api", from: String, to: String, life: CallLife,
    price: String? = nil, parentCallSID: String? = nil, trunkSID: String? = nil,
    forwardedFrom: String? = nil, answeredBy: String? = nil, extraKeys: [String: String] = [:]
  ) {
    self.sid = sid
    self.direction = direction
    self.from = from
    self.to = to
    self.life = life
    self.price = price
    self.parentCallSID = parentCallSID
    self.trunkSID = trunkSID
    self.forwardedFrom = forwardedFrom
    self.answeredBy = answeredBy
    self.extraKeys = extraKeys
  }
}
