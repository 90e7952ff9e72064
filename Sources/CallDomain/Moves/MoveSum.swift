/// What moves of a run come to that are alike: calls of a month that one number took from one workspace to another.
package struct MoveSum: Hashable, Sendable {
  /// What calls in one currency cost together; currencies are never added.
  package struct Cost: Hashable, Sendable {
    /// ISO 4217; nil where Twilio named none.
    package var priceUnit: String?
    /// Every digit.
    package var sum: String

    package init(priceUnit: String?, sum: String) {
      self.priceUnit = priceUnit
      self.sum = sum
    }
  }

  /// `YYYY-MM` in UTC; nil for calls without a date.
  package var month: String?
  package var number: PhoneNumber?
  package var from: WorkspaceID?
  package var to: WorkspaceID
  package var calls: Int
  /// Each call's duration rounded up to a minute.
  package var minutes: Int
  package var cost: [Cost]

  package init(
    month: String?, number: PhoneNumber?, from: WorkspaceID?, to: WorkspaceID, calls: Int, minutes: Int,
    cost: [Cost]
  ) {
    self.month = month
    self.number = number
    self.from = from
    self.to = to
    self.calls = calls
    self.minutes = minutes
    self.cost = cost
  }

  /// The sum as an object of answers.
  package var answer: AnswerValue {
    .object([
      AnswerField("month", .orNull(month)), AnswerField("number", .orNull(number?.canonical)),
      AnswerField("from", .orNull(from?.number)), AnswerField("to", .number(to.number)),
      AnswerField("calls", .number(Int64(calls))), AnswerField("minutes", .number(Int64(minutes))),
      AnswerField("cost", .list(cost.map(\.answer))),
    ])
  }
}

extension [MoveSum.Cost] {
  /// `1.25 USD + 0.90 EUR`; empty without any.
  package var text: String {
    map { [$0.sum, $0.priceUnit].compactMap(\.self).joined(separator: " ") }.joined(separator: " + ")
  }
}

extension MoveSum.Cost {
  /// The sum as an object of answers.
  var answer: AnswerValue {
    .object([AnswerField("priceUnit", .orNull(priceUnit)), AnswerField("sum", .text(sum))])
  }
}
