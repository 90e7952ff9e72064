import CallDomain
import TestSupport
import Testing

@Suite("WorkspaceResolver, rules 1 and 2")
struct WorkspaceResolverTests {
  private let resolver = WorkspaceResolver(
    directory: PhoneDirectory(
      rows: [
        makeRow(1, 7), makeRow(2, 8, number: "+34910000002"), makeRow(3, 9, number: "Anonymous"),
        makeRow(4, 5, number: "+34600000022"),
      ], defaultWorkspace: WorkspaceID(1)))
  private let noon = makeTime("2026-03-01T12:00:00Z")

  /// A candidate for the default lead, whose effective time is `end`.
  private func candidate(
    _ sid: Int, from: String? = "+34910000001", to: String = "+34600000022", end: Timestamp,
    direction: CallDirection = .outboundAPI
  ) -> Call {
    makeCall(makeSID(sid), from: from, to: to, direction: direction, endTime: end)
  }

  private func attribution(_ transfer: Call, _ candidates: Call...) -> Attribution? {
    resolver.attribution(of: transfer, candidates: candidates.compactMap(CandidateCall.init))
  }

  private func expect(
    _ attribution: Attribution?, _ workspace: Int64, _ number: String?,
    at location: SourceLocation = #_sourceLocation
  ) {
    #expect(attribution?.workspace == WorkspaceID(workspace), sourceLocation: location)
    #expect(attribution?.decidingNumber?.canonical == number, sourceLocation: location)
  }

  @Test(
    "In cases 1 and 2 the caller's row decides", arguments: [CallDirection.outboundAPI, .trunkingTerminating])
  func listed(_ direction: CallDirection) {
    let call = makeCall(from: "sip:0034910000002@pbx.example", direction: direction)
    expect(resolver.attribution(of: call), 8, "+34910000002")
  }

  @Test(
    "In cases 1 and 2 an unlisted caller gives the default workspace and stays the deciding number",
    arguments: [CallDirection.outboundAPI, .trunkingTerminating])
  func unlisted(_ direction: CallDirection) {
    let call = makeCall(from: "34 910 000 099", direction: direction)
    expect(resolver.attribution(of: call), 1, "+34910000099")
  }

  @Test(
    "In cases 1 and 2 a withheld caller gives the default workspace and no number, even where the directory lists it",
    arguments: [nil, "", "Anonymous", "+266696687", "sip:anonymous@anonymous.invalid"])
  func withheldOwn(_ from: String?) {
    expect(resolver.attribution(of: makeCall(from: from)), 1, nil)
  }

  @Test("In cases 1 and 2 other calls do not matter")
  func relatedIgnored() {
    let other = CandidateCall(sid: makeSID(2), ownNumber: makeNumber("+34910000002"), time: noon)
    expect(resolver.attribution(of: makeCall(), candidates: [other]), 7, "+34910000001")
  }

  @Test(
    "A direction that is not stored is nobody's",
    arguments: [CallDirection.inbound, .outboundDial, .other("new"), nil])
  func notStored(_ direction: CallDirection?) {
    #expect(resolver.attribution(of: makeCall(direction: direction)) == nil)
  }

  @Test("A transfer without a candidate belongs to the default workspace, even where its lead is listed")
  func noCandidate() {
    expect(attribution(makeTransfer(endTime: noon)), 1, nil)
  }

  @Test("A transfer from a withheld lead belongs to the default workspace, whoever rang a withheld number")
  func withheldLead() {
    let other = candidate(1, to: "anonymous", end: noon)
    expect(attribution(makeTransfer(from: "anonymous", endTime: noon), other), 1, nil)
    expect(attribution(makeTransfer(from: nil, endTime: noon), other), 1, nil)
  }

  @Test("A call whose own number is withheld is no candidate")
  func withheldCandidate() {
    let hidden = candidate(1, from: "Restricted", end: noon)
    #expect(CandidateCall(hidden) == nil)
    let far = candidate(2, from: "+34910000002", end: noon.adding(hours: -500))
    expect(attribution(makeTransfer(endTime: noon), hidden, far), 8, "+34910000002")
  }

  @Test(
    "Only calls of cases 1 and 2 are candidates",
    arguments: [CallDirection.inbound, .outboundDial, .trunkingOriginating, .other("new")])
  func otherDirections(_ direction: CallDirection) {
    #expect(CandidateCall(candidate(1, end: noon, direction: direction)) == nil)
  }

  @Test("The nearest in time decides, earlier or later, however far away")
  func nearest() {
    let transfer = makeTransfer(endTime: noon)
    let before = candidate(1, end: noon.adding(minutes: -10))
    let after = candidate(2, from: "+34910000002", end: noon.adding(minutes: 9))
    expect(attribution(transfer, before, after), 8, "+34910000002")
    expect(attribution(transfer, after, before), 8, "+34910000002")
    expect(attribution(transfer, before), 7, "+34910000001")
    expect(attribution(transfer, candidate(3, end: noon.adding(hours: -24 * 365))), 7, "+34910000001")
    expect(attribution(transfer, candidate(3, end: noon.adding(hours: 24 * 365))), 7, "+34910000001")
  }

  @Test("A millisecond decides")
  func millisecond() {
    let transfer = makeTransfer(endTime: noon)
    let before = candidate(1, end: Timestamp(milliseconds: noon.milliseconds - 1001))
    let after = candidate(2, from: "+34910000002", end: Timestamp(milliseconds: noon.milliseconds + 1000))
    expect(attribution(transfer, before, after), 8, "+34910000002")
  }

  @Test("Of two equally near the one not later than the transfer wins, whatever its SID")
  func tieByTime() {
    let transfer = makeTransfer(endTime: noon)
    let before = candidate(99, end: noon.adding(minutes: -5))
    let after = candidate(1, from: "+34910000002", end: noon.adding(minutes: 5))
    expect(attribution(transfer, before, after), 7, "+34910000001")
    expect(attribution(transfer, after, before), 7, "+34910000001")
  }

  @Test("Of two at the same time the smaller SID wins", arguments: [-5, 0, 5])
  func tieBySID(_ minutes: Int) {
    let transfer = makeTransfer(endTime: noon)
    let smaller = candidate(1, from: "+34910000002", end: noon.adding(minutes: minutes))
    let larger = candidate(2, end: noon.adding(minutes: minutes))
    expect(attribution(transfer, smaller, larger), 8, "+34910000002")
    expect(attribution(transfer, larger, smaller), 8, "+34910000002")
  }

  @Test("A candidate's and a transfer's time is the end, else the start, else the creation")
  func times() {
    let near = candidate(1, from: "+34910000002", end: noon.adding(minutes: -2))
    var live = candidate(2, end: noon)
    live.endTime = nil
    live.startTime = noon.adding(minutes: -1)
    live.dateCreated = noon.adding(hours: -1)
    expect(attribution(makeTransfer(endTime: noon), near, live), 7, "+34910000001")
    live.startTime = nil
    expect(attribution(makeTransfer(endTime: noon), near, live), 8, "+34910000002")
    var open = makeTransfer(endTime: noon)
    open.endTime = nil
    open.startTime = noon.adding(hours: -1)
    expect(attribution(open, near, live), 7, "+34910000001")
  }

  @Test("A winner with an unlisted number gives the default workspace and its number")
  func unlistedWinner() {
    let far = candidate(1, end: noon.adding(minutes: -9))
    let near = candidate(2, from: "+34910000099", end: noon.adding(minutes: -1))
    expect(attribution(makeTransfer(endTime: noon), far, near), 1, "+34910000099")
  }

  @Test("Every call of a month is attributed as one plain pass over all of them does")
  func againstPlainModel() throws {
    try forEachSeed(40) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 1...150))
      let resolver = WorkspaceResolver(
        directory: PhoneDirectory(rows: month.directory, defaultWorkspace: month.defaultWorkspace))
      let calls = month.calls.shuffled(using: &random)
      let byLead = Dictionary(grouping: calls.filter { $0.attributionCase != .transfer }, by: \.leadNumber)
      let expected = month.expected
      for call in calls {
        let related = call.leadNumber.flatMap { byLead[$0] } ?? []
        let attribution = resolver.attribution(of: call, candidates: related.compactMap(CandidateCall.init))
        let row = attribution.map {
          PlainModel.Row(
            workspace: $0.workspace, phoneNumber: $0.decidingNumber?.canonical,
            leadNumber: call.leadNumber?.canonical)
        }
        try #require(row == expected.rows[call.sid], "\(call)")
      }
    }
  }
}
