import CallDomain
import TestSupport
import Testing

@Suite("Explanations of transfers")
struct TransferExplanationTests {
  private static let cases = TransferCase.byTime + TransferCase.byNumber

  @Test("The decision, what decided it, what is said and what is to be done", arguments: cases)
  func transfer(_ transfer: TransferCase) throws {
    let said = transfer.explained.explanation
    #expect(said.ground == transfer.ground)
    #expect(said.decided?.workspace == WorkspaceID(transfer.workspace))
    #expect(said.decided?.decidingNumber?.canonical == transfer.number)
    // The plain model's row is what is stored.
    #expect(said.difference == nil)
    #expect(said.candidates.map(\.reason) == transfer.reasons)
    #expect(said.candidates.map(\.isChosen) == transfer.reasons.indices.map { $0 == 0 })
    for part in transfer.says { #expect(said.spanish.contains(part), "\(said.spanish)") }
    let advice = said.words().whatToDo
    #expect((advice == nil) == (transfer.advises == nil), "\(advice ?? "")")
    if let start = transfer.advises { #expect(advice?.hasPrefix(start) == true, "\(advice ?? "")") }
    try requireBothLanguages(said)
  }

  @Test("Whatever the order of the candidates, the explanation is the same", arguments: cases)
  func order(_ transfer: TransferCase) {
    var reversed = transfer
    reversed.others.reverse()
    reversed.rows.reverse()
    #expect(reversed.explained.explanation.wholeAnswer == transfer.explained.explanation.wholeAnswer)
  }

  @Test("Every ground of a transfer and every reason of a candidate occurs, each in its code")
  func codes() {
    let all = Self.cases.map(\.explained.explanation)
    #expect(
      Set(all.map(\.ground))
        == Set(Explanation.Ground.allCases).subtracting([.ownNumberWithheld, .noCase, .notTakenIn]))
    #expect(Set(all.flatMap { $0.candidates.map(\.reason) }) == Set(CandidateReason.allCases))
    #expect(
      Set(all.flatMap { $0.candidates.map { $0.candidate.timeSource } })
        == [.end, .start, .creation, nil])
    for said in all {
      let answer = said.wholeAnswer["attribution"]
      #expect(answer?["ground"]?.text == said.ground.rawValue && answer?["rule"] == .number(2))
      let candidates = answer?["candidates"]?.list ?? []
      #expect(candidates.map { $0["reason"]?.text } == said.candidates.map(\.reason.rawValue))
      #expect(
        candidates.map { $0["timeFrom"]?.text } == said.candidates.map { $0.candidate.timeSource?.rawValue })
    }
  }

  @Test("The transfer's own time is its end, else its start, else its creation")
  func ownTime() {
    var transfer = makeTransfer(endTime: TransferCase.noon)
    transfer.startTime = TransferCase.noon.adding(hours: -1)
    transfer.dateCreated = TransferCase.noon.adding(hours: -2)
    let others = [TransferCase.ring(1, 0), TransferCase.ring(2, -3600), TransferCase.ring(3, -7200)]
    func winner() -> CallSID? {
      ExplainedCall(call: transfer, others: others).explanation.candidates.first?.candidate.call.sid
    }
    #expect(winner() == makeSID(1))
    transfer.endTime = nil
    #expect(winner() == makeSID(2))
    transfer.startTime = nil
    #expect(winner() == makeSID(3))
  }

  @Test(
    "Distances are told in whole seconds, whichever side; each candidate with the workspace of its number")
  func distances() {
    let others = [
      TransferCase.ring(1, -90, from: "+34910000099"), TransferCase.ring(2, 3600),
      TransferCase.ring(3, 86_400, from: ExplainedCall.other),
    ]
    let said = ExplainedCall(call: makeTransfer(endTime: TransferCase.noon), others: others).explanation
    let candidates = said.wholeAnswer["attribution"]?["candidates"]?.list ?? []
    #expect(candidates.map { $0["distanceSeconds"] } == [.number(90), .number(3600), .number(86_400)])
    #expect(candidates.map { $0["workspace"] } == [.number(1), .number(7), .number(8)])
    #expect(said.candidates.map(\.offset) == [-90_000, 3_600_000, 86_400_000])
  }
}
