extension Call {
  /// This call and `other`, two versions of the same call, as one (contract section 7).
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
