import CallDomain
import TestSupport
import Testing

@Suite("PhoneSpelling, rows of the directory that are no canonical number")
struct PhoneSpellingTests {
  private func row(_ id: Int64, _ number: String, _ workspace: Int64? = 7, isPrimary: Bool = false)
    -> PhoneRow
  {
    makeRow(id, workspace, number: number, isPrimary: isPrimary)
  }

  private func remedies(_ rows: [PhoneRow], brought: Set<PhoneNumber> = []) -> [Int64: PhoneSpelling.Remedy] {
    let all = PhoneSpelling.all(in: rows, defaultWorkspace: WorkspaceID(1), brought: brought)
    #expect(all.map(\.id) == all.map(\.id).sorted())
    return Dictionary(all.map { ($0.id, $0.remedy) }, uniquingKeysWith: { first, _ in first })
  }

  @Test(
    "A number in another spelling is to be written anew",
    arguments: [
      "+34 910 00\u{A0}00 01", "+34910\u{200B}000001", "+34910000001\t", "+34 (0)910 000 001",
      "0034910000001",
      "34910000001", "sip:+34910000001@pbx.example", "whatsapp:+34910000001", "＋34910000001",
    ])
  func rewritten(text: String) {
    #expect(remedies([row(3, text)]) == [3: .rewrite(makeNumber("+34910000001"))])
    #expect(PhoneSpelling.all(in: [row(3, text)], defaultWorkspace: WorkspaceID(1)).map(\.written) == [text])
  }

  @Test(
    "What calls have is right as it is",
    arguments: [
      "+34910000001", "client:ana", "sip:pbx@acme.example", "sip:1001@a.example", "112", "1001", "+112",
    ])
  func right(text: String) {
    #expect(remedies([row(1, text)]).isEmpty)
  }

  @Test(
    "What can be no call's number is told with what it lacks",
    arguments: [
      ("910000001", PhoneSpelling.Lack.country), ("910 000 001", .country), ("(202) 555-0142", .country),
      ("0910000001", .country), ("1234567890123456", .country), ("", .number), ("   ", .number),
      ("anonymous", .number), ("+266696687", .number), ("Madrid, oficina", .number),
      ("+34 910 000 0O1", .number),
      ("+34910000001 ext. 5", .number), ("client:ana\u{200B}", .number),
    ])
  func incomplete(text: String, lack: PhoneSpelling.Lack) {
    #expect(remedies([row(1, text)]) == [1: .complete(lack)])
  }

  @Test(
    "A number without its country, or of no form at all, that calls have is right; its other spellings are not"
  )
  func brought() {
    let rows = [row(1, "910000001"), row(2, "910 000 002"), row(3, "sim:DE1"), row(4, "910000004")]
    #expect(
      PhoneSpelling.doubtful(in: rows + [row(9, "+34910000009"), row(8, "112")])
        == Set(["910000001", "910000002", "sim:DE1", "910000004"].map { makeNumber($0) }))
    #expect(
      remedies(rows, brought: Set(["910000001", "910000002", "sim:DE1"].map { makeNumber($0) }))
        == [2: .rewrite(makeNumber("910000002")), 4: .complete(.country)])
  }

  @Test(
    "Of rows that mean one number the first by rule 4 stays, and is written anew when the others are gone")
  func severalRows() {
    let number = makeNumber("+34910000001")
    // The default workspace stands back, and its row is the one that is written as it should be.
    #expect(
      remedies([row(1, "+34910000001", 1), row(2, "+34 910 000 001", 7), row(3, "0034910000001", nil)])
        == [1: .delete(number), 2: .rewrite(number), 3: .delete(number)])
    // A row that is written as it should be, and counts, stays as it is; the same number elsewhere is another finding.
    #expect(
      remedies([row(1, "+34910000001", 5), row(2, "+34910000001", 6), row(3, "34910000001", 1)])
        == [3: .delete(number)])
    #expect(
      remedies([row(1, "34910000001", 5), row(2, "0034910000001", 6, isPrimary: true)])
        == [1: .delete(number), 2: .rewrite(number)])
    // None has a workspace: the one stays that would be given one.
    #expect(
      remedies([row(5, "34910000001", nil), row(4, "+34910 000001", nil)])
        == [4: .rewrite(number), 5: .delete(number)])
  }

  @Test(
    "doctor names each row with the statement that mends it, those to be deleted first, or with what it lacks"
  )
  func finding() throws {
    var inspection = Inspection()
    inspection.spellings = PhoneSpelling.all(
      in: [
        row(1, "+34 910 000 001"), row(2, "910000002"), row(3, "+34910000001", 1), row(4, "oficina"),
      ], defaultWorkspace: WorkspaceID(1))
    let found = try #require(
      inspection.findings(now: makeTime("2026-03-01T12:00:00Z")).first { $0.check == "números mal escritos" })
    #expect(found.level == .warning)
    #expect(
      found.detail == """
        No están en su forma canónica: id 3 «+34910000001», que es +34910000001 y no cuenta porque otra fila va antes; \
        id 1 «+34 910 000 001»; id 2 «910000002», sin el prefijo de su país (como +34); id 4 «oficina», que no es un \
        número.
        """)
    #expect(
      found.whatToDo == """
        Como dueño de las tablas: DELETE FROM workspace_phones WHERE id = 3; UPDATE workspace_phones SET phone_number = \
        '+34910000001' WHERE id = 1; Complete o borre las filas 2, 4 y ejecute «twilio-sync reattribute».
        """)
  }

  @Test("Of many rows twenty are named; none is no fault")
  func many() throws {
    var inspection = Inspection()
    func found() -> Finding? {
      inspection.findings(now: .epoch).first { $0.check == "números mal escritos" }
    }
    #expect(found()?.level == .ok && found()?.whatToDo == nil)
    inspection.spellings = PhoneSpelling.all(
      in: (1...33).map { row($0, "0034910000\(100 + $0)") }, defaultWorkspace: WorkspaceID(1))
    #expect(found()?.detail.hasSuffix("; y 13 más.") == true)
    #expect(found()?.whatToDo?.matches(of: /UPDATE/).count == 20)
  }
}
