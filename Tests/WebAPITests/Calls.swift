import CallDomain
import TestSupport

/// The transfer of the examples.
let exampleSID = makeSID(0x64)

/// A transfer from the lead +34600000022 that the nearer of two calls decided; workspaces 4 and 5 have a number each.
func makeExplanation(
  names: [WorkspaceID: String] = [WorkspaceID(1): "Sin asignar", WorkspaceID(4): "Acme"],
  written: String = "+34910000001", from: String = "+34600000022",
  _ change: (inout Explanation.Facts) -> Void = { _ in }
) -> Explanation {
  let call = makeTransfer(exampleSID, from: from)
  let number = makeNumber("+34910000001")
  var facts = Explanation.Facts(
    call: makeListedCall(call, workspaceName: names[WorkspaceID(4)]),
    stored: StoredCall(
      call: call, workspace: WorkspaceID(4), phoneNumber: number, leadNumber: PhoneNumber(from),
      cost: "0.05600", effectiveTime: call.effectiveTime))
  facts.rows = [
    PhoneRow(id: 1, workspace: WorkspaceID(4), number: written, isPrimary: true),
    PhoneRow(id: 2, workspace: WorkspaceID(5), number: "+34910000002", isPrimary: true),
  ]
  facts.names = names
  facts.candidates = [(1, "+34910000001", -600), (2, "+34910000002", 900)].map { sid, own, seconds in
    StoredCandidate(
      call: CandidateCall(
        sid: makeSID(sid), ownNumber: makeNumber(own), time: call.effectiveTime.adding(seconds: seconds)),
      timeSource: .end)
  }
  facts.moves = [
    RecordedMove(
      sid: call.sid, month: "2026-03", number: number, from: WorkspaceID(1), to: WorkspaceID(4),
      cause: "directory", movedAt: exampleEnd, run: RunID(17)),
    RecordedMove(
      sid: call.sid, month: nil, number: nil, from: nil, to: WorkspaceID(1), cause: "late-fact", movedAt: nil,
      run: nil),
  ]
  change(&facts)
  return Explanation(facts, defaultWorkspace: WorkspaceID(1))
}

/// A call as it is listed, of workspace 4.
func makeListedCall(_ call: Call = makeTransfer(exampleSID), workspaceName: String? = "Acme") -> ListedCall {
  var listed = ListedCall(sid: call.sid)
  listed.attributionCase = call.attributionCase
  listed.workspace = WorkspaceID(4)
  listed.workspaceName = workspaceName
  listed.from = call.from
  listed.to = call.to
  listed.phoneNumber = (call.ownNumber ?? makeNumber("+34910000001")).canonical
  listed.leadNumber = call.leadNumber?.canonical
  listed.status = call.status?.text
  listed.direction = call.direction?.text
  listed.callDate = call.callDate
  listed.endedAt = call.endTime
  listed.duration = call.duration
  listed.cost = call.price?.magnitude
  listed.priceUnit = call.priceUnit
  listed.updatedAt = exampleEnd
  return listed
}

/// So many calls in lists of so many each, as a service finds them.
func parts(of calls: [ListedCall], each count: Int) -> @Sendable (CallSearch) -> CallList {
  { search in
    let rest = search.after.map { place in Array(calls.drop { $0.sid != place.sid }.dropFirst()) } ?? calls
    let shown = Array(rest.prefix(count))
    let next = shown.last.map { CallSearch.Place(microseconds: 7, sid: $0.sid) }
    return CallList(search: search, calls: shown, next: rest.count > count ? next : nil)
  }
}
