/// A call as the table holds it.
package struct StoredCall: Hashable, Sendable {
  package var call: Call
  /// Nil in a row that somebody else wrote without one.
  package var workspace: WorkspaceID?
  package var phoneNumber: PhoneNumber?
  package var leadNumber: PhoneNumber?
  /// The column `cost` as PostgreSQL prints it.
  package var cost: String?
  /// The column `effective_at`; nil in an older row that was not converted yet or never was of a case.
  package var effectiveTime: Timestamp?
  /// Its place in the list of unsettled calls; nil where it has none.
  package var listing: UnsettledList.Place?
  /// Whether it was stored before the run that reads it began: else nothing that happens to it is a move.
  package var precedesRun: Bool
  /// What of the row says something else than its other columns: `callDate`, or `rawData`; nil where nothing does, or
  /// nobody asked.
  package var contradiction: String?

  package init(
    call: Call, workspace: WorkspaceID?, phoneNumber: PhoneNumber?, leadNumber: PhoneNumber?,
    cost: String?, effectiveTime: Timestamp?, listing: UnsettledList.Place? = nil, precedesRun: Bool = true
  ) {
    self.call = call
    self.workspace = workspace
    self.phoneNumber = phoneNumber
    self.leadNumber = leadNumber
    self.cost = cost
    self.effectiveTime = effectiveTime
    self.listing = listing
    self.precedesRun = precedesRun
  }

  /// Whether it is of a case, or was of one when it was written. The numbers do not tell: a call may have been of
  /// case 1 with neither of them known.
  var wasAttributed: Bool { call.attributionCase != nil || effectiveTime != nil }

  /// This row as a candidate for transfers, nil when it is none.
  var candidate: CandidateCall? {
    guard call.attributionCase?.explainsTransfers == true, let phoneNumber, let effectiveTime
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

  /// The same in the workspace where the call is stored, by the number that decided then; a call of ours goes by its own.
  package func placed(as stored: StoredCall) -> CallRow {
    let number = call.attributionCase == .transfer ? stored.phoneNumber : attribution.decidingNumber
    return CallRow(
      call: call,
      attribution: Attribution(
        workspace: stored.workspace ?? attribution.workspace, decidingNumber: number),
      leadNumber: leadNumber)
  }

  /// Whether `stored` already says all of this.
  ///
  /// - Parameter isLastWord: Whether a cost without a price of Twilio's counts as a difference, and what contradicts
  ///   the rest of the row.
  func isStored(as stored: StoredCall?, isLastWord: Bool) -> Bool {
    guard let stored else { return false }
    return stored.call == call && stored.workspace == attribution.workspace
      && stored.phoneNumber == attribution.decidingNumber && stored.leadNumber == leadNumber
      && stored.effectiveTime == call.effectiveTime
      && (call.price == nil && !isLastWord || stored.cost == call.price?.magnitude)
      && (stored.contradiction == nil || !isLastWord)
  }
}
