/// A call as the table holds it.
package struct StoredCall: Hashable, Sendable {
  package var call: Call
  /// Nil in a row that somebody else wrote without one.
  package var workspace: WorkspaceID?
  package var phoneNumber: PhoneNumber?
  package var leadNumber: PhoneNumber?
  /// The column `cost` as PostgreSQL prints it.
  package var cost: String?
  /// The column `effective_at`; nil in an older row that was not converted yet.
  package var effectiveTime: Timestamp?
  /// Whether the call stands among the unsettled ones and is still asked for.
  package var isListedUnsettled: Bool
  /// Whether it was given up: asked for at 48 hours or later without a settled answer.
  package var isGivenUp: Bool

  package init(
    call: Call, workspace: WorkspaceID?, phoneNumber: PhoneNumber?, leadNumber: PhoneNumber?,
    cost: String?, effectiveTime: Timestamp?, isListedUnsettled: Bool, isGivenUp: Bool
  ) {
    self.call = call
    self.workspace = workspace
    self.phoneNumber = phoneNumber
    self.leadNumber = leadNumber
    self.cost = cost
    self.effectiveTime = effectiveTime
    self.isListedUnsettled = isListedUnsettled
    self.isGivenUp = isGivenUp
  }

  /// This row as a candidate for transfers, nil when it is none.
  var related: CandidateCall? {
    guard call.attributionCase != nil, call.attributionCase != .transfer, let phoneNumber, let effectiveTime
    else { return nil }
    return CandidateCall(sid: call.sid, ownNumber: phoneNumber, time: effectiveTime)
  }
}

/// A row to write: a call with its attribution.
package struct CallRow: Hashable, Sendable {
  package let call: Call
  package let attribution: Attribution
  package let leadNumber: PhoneNumber?

  package init(call: Call, attribution: Attribution, leadNumber: PhoneNumber?) {
    self.call = call
    self.attribution = attribution
    self.leadNumber = leadNumber
  }

  /// Whether `stored` already says all of this.
  func isStored(as stored: StoredCall?) -> Bool {
    guard let stored else { return false }
    return stored.call == call && stored.workspace == attribution.workspace
      && stored.phoneNumber == attribution.decidingNumber && stored.leadNumber == leadNumber
      && stored.effectiveTime == call.effectiveTime
      && (call.price == nil || stored.cost == call.price?.magnitude)
  }
}
