/// A stored call that goes to another workspace (Reference.md, "Moves").
package struct CallMove: Hashable, Sendable {
  package enum Cause: String, Hashable, Sendable, CaseIterable {
    /// Its direction changed.
    case direction
    /// The number that decides is the same: the directory gives it another workspace.
    case directory
    /// Its own numbers or its time changed.
    case lateFact = "late-fact"
    /// Another call decides a transfer.
    case candidate
  }

  package let sid: CallSID
  /// Nil for a row that had none.
  package let from: WorkspaceID?
  package let to: WorkspaceID
  /// The number that decides now; where none does, the one that did.
  package let number: PhoneNumber?
  package let cause: Cause

  package init(sid: CallSID, from: WorkspaceID?, to: WorkspaceID, number: PhoneNumber?, cause: Cause) {
    self.sid = sid
    self.from = from
    self.to = to
    self.number = number
    self.cause = cause
  }

  /// A call of a page. Nil where its workspace stays, and where it was first stored since the run began.
  init?(of call: Call, stored old: StoredCall, to new: Attribution) {
    guard old.precedesRun, old.workspace != new.workspace else { return nil }
    let cause: Cause =
      if let direction = old.call.direction, direction != call.direction {
        .direction
      } else if (old.phoneNumber ?? old.call.ownNumber) == new.decidingNumber {
        .directory
      } else if call.attributionCase != .transfer || old.call.effectiveTime != call.effectiveTime
        || (old.leadNumber ?? old.call.leadNumber) != call.leadNumber
      {
        .lateFact
      } else {
        .candidate
      }
    self.init(
      sid: call.sid, from: old.workspace, to: new.workspace, number: new.decidingNumber ?? old.phoneNumber,
      cause: cause)
  }

  /// A stored transfer that a page has decided anew; nil as above.
  init?(ofTransfer sid: CallSID, stored old: TransferCandidates.Stored, to new: Attribution) {
    guard old.precedesRun, old.workspace != new.workspace else { return nil }
    self.init(
      sid: sid, from: old.workspace, to: new.workspace, number: new.decidingNumber ?? old.phoneNumber,
      cause: old.phoneNumber == new.decidingNumber ? .directory : .candidate)
  }
}

/// A move as it is recorded.
package struct RecordedMove: Hashable, Sendable {
  package var sid: CallSID
  /// The call's month, as in `MoveSum`.
  package var month: String?
  package var number: PhoneNumber?
  package var from: WorkspaceID?
  package var to: WorkspaceID
  /// A `CallMove.Cause`, or one that only a newer program knows.
  package var cause: String
  package var movedAt: Timestamp?
  /// Nil where `migrate` moved it.
  package var run: RunID?

  package init(
    sid: CallSID, month: String?, number: PhoneNumber?, from: WorkspaceID?, to: WorkspaceID, cause: String,
    movedAt: Timestamp?, run: RunID?
  ) {
    self.sid = sid
    self.month = month
    self.number = number
    self.from = from
    self.to = to
    self.cause = cause
    self.movedAt = movedAt
    self.run = run
  }

  /// Why, in a few words.
  package func reason(_ say: Wording = { spanish, _ in spanish }) -> String {
    switch CallMove.Cause(rawValue: cause) {
    case .direction: say("cambió su dirección", "its direction changed")
    case .directory: say("cambió el directorio", "the directory changed")
    case .lateFact: say("cambiaron sus números o su hora", "its numbers or its time changed")
    case .candidate: say("decide otra llamada", "another call decides")
    case nil: cause
    }
  }

  /// The move as an object of answers.
  var answer: AnswerValue {
    .object([
      AnswerField("callId", .text(sid.text)), AnswerField("month", .orNull(month)),
      AnswerField("number", .orNull(number?.canonical)), AnswerField("from", .orNull(from?.number)),
      AnswerField("to", .number(to.number)), AnswerField("cause", .text(cause)),
      AnswerField("movedAt", .orNull(movedAt?.iso8601)), AnswerField("runId", .orNull(run?.number)),
    ])
  }
}
