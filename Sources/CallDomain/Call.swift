/// A call as Twilio's log tells it. Everything but the SID may be unknown.
package struct Call: Hashable, Sendable {
  package var sid: CallSID
  /// The caller exactly as Twilio sent it, nil when it sent none.
  package var from: String?
  /// The callee exactly as Twilio sent it, nil when it sent none.
  package var to: String?
  package var direction: CallDirection?
  package var status: CallStatus?
  /// Whole seconds.
  package var duration: Int?
  package var startTime: Timestamp?
  package var endTime: Timestamp?
  package var dateCreated: Timestamp?
  /// When Twilio last changed its record; of two versions the later one counts.
  package var dateUpdated: Timestamp?
  package var price: Price?
  /// ISO 4217, upper case; known before the price is.
  package var priceUnit: String?

  package init(
    sid: CallSID, from: String? = nil, to: String? = nil, direction: CallDirection? = nil,
    status: CallStatus? = nil, duration: Int? = nil, startTime: Timestamp? = nil,
    endTime: Timestamp? = nil, dateCreated: Timestamp? = nil, dateUpdated: Timestamp? = nil,
    price: Price? = nil, priceUnit: String? = nil
  ) {
    self.sid = sid
    self.from = from
    self.to = to
    self.direction = direction
    self.status = status
    self.duration = duration
    self.startTime = startTime
    self.endTime = endTime
    self.dateCreated = dateCreated
    self.dateUpdated = dateUpdated
    self.price = price
    self.priceUnit = priceUnit
  }

  /// When the call began: its start, else its creation. The column `call_date`, and what
  /// decides whether a call belongs to a period.
  package var callDate: Timestamp? { startTime ?? dateCreated }

  /// The time that decides which call is nearest to a transfer (contract section 6, rule 2):
  /// the end, else the start, else the creation. A call without any of them counts as at the
  /// epoch: farther from every real call than any other.
  package var effectiveTime: Timestamp { endTime ?? startTime ?? dateCreated ?? .epoch }

  /// The attribution case, nil when the call is not stored (contract section 4).
  package var attributionCase: AttributionCase? { direction?.attributionCase }

  /// The workspace's own number: the caller of cases 1 and 2. Nil when withheld, and for a
  /// transfer, whose number is found in another call.
  package var ownNumber: PhoneNumber? {
    switch attributionCase {
    case .outboundAPI, .trunkingTerminating: PhoneNumber(from)
    case .transfer, nil: nil
    }
  }

  /// The other party: the callee of cases 1 and 2, the caller of a transfer. Nil when withheld.
  package var leadNumber: PhoneNumber? {
    switch attributionCase {
    case .outboundAPI, .trunkingTerminating: PhoneNumber(to)
    case .transfer: PhoneNumber(from)
    case nil: nil
    }
  }

  /// Whether Twilio may still have something to add: the call is not final, or it was
  /// completed with a duration and has no price yet (contract section 4, late facts).
  package var isUnsettled: Bool {
    guard let status, status.isFinal else { return true }
    return status == .completed && (duration ?? 0) > 0 && price == nil
  }
}
