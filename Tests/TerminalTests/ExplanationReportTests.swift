import CallDomain
import Terminal
import TestSupport
import Testing

@Suite("What explain prints")
struct ExplanationReportTests {
  private static let names = [WorkspaceID(1): "Sin asignar", WorkspaceID(4): "Acme"]

  /// The lines for a call that is stored in workspace 4 by +34910000001.
  private func lines(_ call: Call, _ change: (inout Explanation.Facts) -> Void = { _ in }) -> [String] {
    var listed = ListedCall(sid: call.sid)
    listed.workspace = WorkspaceID(4)
    listed.from = call.from
    listed.to = call.to
    listed.status = call.status?.text
    listed.direction = call.direction?.text
    listed.callDate = call.callDate
    listed.duration = call.duration
    listed.cost = call.price?.magnitude
    listed.priceUnit = call.priceUnit
    var facts = Explanation.Facts(
      call: listed,
      stored: StoredCall(
        call: call, workspace: WorkspaceID(4), phoneNumber: makeNumber("+34910000001"),
        leadNumber: call.leadNumber, cost: listed.cost, effectiveTime: call.effectiveTime))
    facts.names = Self.names
    facts.rows = [PhoneRow(id: 1, workspace: WorkspaceID(4), number: "0034910000001", isPrimary: true)]
    change(&facts)
    return ExplanationReport(Explanation(facts, defaultWorkspace: WorkspaceID(1))).lines
  }

  private func candidate(_ sid: Int, _ own: String, _ time: String, _ source: StoredCandidate.TimeSource?)
    -> StoredCandidate
  {
    StoredCandidate(
      call: CandidateCall(sid: makeSID(sid), ownNumber: makeNumber(own), time: makeTime(time)),
      timeSource: source)
  }

  @Test("A call of case 1: the call, why, and the rows of the directory")
  func outbound() {
    #expect(
      lines(makeCall(makeSID(7))) == [
        "📞 CA00000000000000000000000000000007 · 2026-03-01T09:05:08.000Z · outbound-api · completed · 61 s · "
          + "0.05600 USD",
        "  +34910000001 → +34600000022, workspace 4 («Acme»)",
        "",
        "  Caso 1 (outbound-api): decide el número que llama, «+34910000001».",
        "  +34910000001 está en workspace_phones (fila 1, escrito «0034910000001») en workspace 4 («Acme»).",
        "  Lo guardado dice lo mismo.",
        "",
        "📱 Filas de workspace_phones",
        "  ✅ 1 · «0034910000001» · workspace 4 («Acme») · la única con workspace",
      ])
  }

  @Test("A transfer: the candidates, too, with their times and distances, and what to do after an arrow")
  func transfer() {
    let transfer = makeTransfer(makeSID(7))
    let found = lines(transfer) { facts in
      facts.rows.append(PhoneRow(id: 2, workspace: nil, number: "+34910000002", isPrimary: false))
      facts.candidates = [
        candidate(1, "+34910000001", "2026-03-01T09:00:00Z", .end),
        candidate(2, "+34910000002", "2026-03-01T09:11:30Z", .start),
        candidate(3, "+34910000001", "2026-03-02T09:10:00Z", .creation),
        candidate(4, "+34910000001", "1970-01-01T00:00:00Z", nil),
      ]
    }
    #expect(found[1] == "  +34600000022 → sip:+34910000009@public-vip.ie1.twilio.com, workspace 4 («Acme»)")
    #expect(found.contains("  Por eso le toca el workspace por defecto, workspace 1 («Sin asignar»)."))
    let expected = """
      📱 Filas de workspace_phones
         · 2 · «+34910000002» · sin workspace · sin workspace no cuenta

      📤 Llamadas a ese lead, las más cercanas
        ✅ \(makeSID(2).text) · 2026-03-01T09:11:30.000Z (inicio) · +90 s · +34910000002 · \
      workspace 1 («Sin asignar») · la más cercana
         · \(makeSID(1).text) · 2026-03-01T09:00:00.000Z (fin) · -600 s · +34910000001 · \
      workspace 4 («Acme») · más lejos
         · \(makeSID(3).text) · 2026-03-02T09:10:00.000Z (creación) · +86400 s · +34910000001 · \
      workspace 4 («Acme») · más lejos
         · \(makeSID(4).text) · 1970-01-01T00:00:00.000Z · -1772356200 s · +34910000001 · \
      workspace 4 («Acme») · más lejos

      → Ejecute «twilio-sync reattribute --since 2026-03-01T09:08:59.000Z».
      """
    #expect(found.suffix(10).joined(separator: "\n") == expected)
  }

  /// A move of the call.
  private func move(from: Int64?, cause: String, run: Int64?) -> RecordedMove {
    RecordedMove(
      sid: makeSID(7), month: "2026-03", number: run.map { _ in makeNumber("+34910000001") },
      from: from.map(WorkspaceID.init), to: WorkspaceID(4), cause: cause,
      movedAt: makeTime("2026-03-02T10:00:00Z"), run: run.map(RunID.init))
  }

  @Test("Its changes of workspace come last, each with its cause and its run")
  func moves() {
    let found = lines(makeCall(makeSID(7))) { facts in
      facts.moves = [
        move(from: 1, cause: "directory", run: 17), move(from: nil, cause: "candidate", run: nil),
      ]
    }
    #expect(
      found.suffix(4) == [
        "", "🔀 Cambios de workspace",
        "   · 2026-03-02T10:00:00.000Z · workspace 1 («Sin asignar») → workspace 4 («Acme») · +34910000001 · "
          + "cambió el directorio · ejecución 17",
        "   · 2026-03-02T10:00:00.000Z · sin workspace → workspace 4 («Acme») · decide otra llamada · migrate",
      ])
  }

  @Test("The lead's number is told in its canonical form, too")
  func lead() {
    let found = lines(makeCall(makeSID(7), to: "0034 600 000 022")) { $0.call.leadNumber = "+34600000022" }
    #expect(found[1] == "  +34910000001 → 0034 600 000 022, workspace 4 («Acme»), lead +34600000022")
  }

  @Test("What is not known is left out or a question mark")
  func unknown() {
    let call = makeCall(
      makeSID(7), from: nil, to: nil, status: nil, duration: nil, startTime: nil, endTime: nil,
      dateCreated: nil,
      price: nil)
    let found = lines(call) { facts in
      facts.call.workspace = nil
      facts.call.priceUnit = "USD"
    }
    #expect(
      Array(found.prefix(2)) == [
        "📞 CA00000000000000000000000000000007 · outbound-api", "  ? → ?, sin workspace",
      ])
    #expect(found.last == "→ Ejecute «twilio-sync reattribute».")
  }
}
