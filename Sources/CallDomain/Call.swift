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

  /// The time that decides which call is nearest to a transfer (Reference.md, "Rules"):
  /// the end, else the start, else the creation. A call without any of them counts as at the
  /// epoch: farther from every real call than any other.
  package var effectiveTime: Timestamp { endTime ?? startTime ?? dateCreated ?? .epoch }

  /// The attribution case, nil when the call is not stored (Reference.md, "Whose call is it").
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
  /// completed with a duration and has no price yet (Reference.md, "Hourly run").
  package var isUnsettled: Bool {
    guard let status, status.isFinal else { return true }
    return status == .completed && (duration ?? 0) > 0 && price == nil
  }
}

extension Call {
  /// This call and `other`, two versions of the same call, as one (Reference.md, "Versions of a call").
  ///
  /// Each field comes from the version that Twilio updated later, unless it is unknown there
  /// and known in the other; a final status never becomes a non-final one. The order of the
  /// two does not matter.
  package func merged(with other: Call) -> Call {
    let (newer, older) = isNewer(than: other) ? (self, other) : (other, self)
    var call = newer
    call.from = Self.known(newer.from) ?? older.from ?? newer.from
    call.to = Self.known(newer.to) ?? older.to ?? newer.to
    call.direction = Self.known(newer.direction) ?? older.direction ?? newer.direction
    call.status = Self.status(newer: Self.known(newer.status), older: older.status) ?? newer.status
    call.duration = newer.duration ?? older.duration
    call.startTime = newer.startTime ?? older.startTime
    call.endTime = newer.endTime ?? older.endTime
    call.dateCreated = newer.dateCreated ?? older.dateCreated
    call.dateUpdated = newer.dateUpdated ?? older.dateUpdated
    call.price = newer.price ?? older.price
    call.priceUnit = Self.known(newer.priceUnit) ?? older.priceUnit ?? newer.priceUnit
    return call
  }

  private static func known(_ text: String?) -> String? {
    text?.isEmpty == true ? nil : text
  }

  private static func known(_ direction: CallDirection?) -> CallDirection? {
    direction == .other("") ? nil : direction
  }

  private static func known(_ status: CallStatus?) -> CallStatus? {
    status == .other("") ? nil : status
  }

  private static func status(newer: CallStatus?, older: CallStatus?) -> CallStatus? {
    guard let newer else { return older }
    guard let older, older.isFinal, !newer.isFinal else { return newer }
    return older
  }

  // Twilio's stamp has whole seconds, so two versions may share it. Then the one that has come
  // farther counts; the remaining comparisons only make the choice the same in either order.
  private func isNewer(than other: Call) -> Bool {
    let order = versionOrder
    let otherOrder = other.versionOrder
    for (mine, theirs) in zip(order.numbers, otherOrder.numbers) where mine != theirs {
      return mine > theirs
    }
    for (mine, theirs) in zip(order.texts, otherOrder.texts) where mine != theirs {
      return mine > theirs
    }
    return true
  }

  private var versionOrder: (numbers: [Int64], texts: [String]) {
    (
      [
        dateUpdated?.milliseconds ?? .min, Int64(status?.progress ?? -1),
        price == nil ? 0 : 1, endTime?.milliseconds ?? .min, Int64(duration ?? -1),
        startTime?.milliseconds ?? .min, dateCreated?.milliseconds ?? .min,
      ],
      [
        price?.text ?? "", status?.text ?? "", direction?.text ?? "", from ?? "", to ?? "",
        priceUnit ?? "",
      ]
    )
  }
}
