import CallDomain
import Foundation
import TestSupport
import Testing

@Suite("What an audit finds of a page")
struct AuditComparisonTests {
  private static let day = Period(
    start: makeTime("2026-03-01T00:00:00Z"), end: makeTime("2026-03-02T00:00:00Z"))
  private static let own = "+34910000004"
  private static let directory = PhoneDirectory(
    rows: [
      PhoneRow(id: 1, workspace: WorkspaceID(4), number: own, isPrimary: true),
      PhoneRow(id: 2, workspace: WorkspaceID(5), number: "+34910000005", isPrimary: true),
    ], defaultWorkspace: WorkspaceID(1))

  /// A row as the service writes it.
  private static func stored(_ call: Call, workspace: Int64 = 4, number: String? = own) -> StoredCall {
    StoredCall(
      call: call, workspace: WorkspaceID(workspace), phoneNumber: number.map(makeNumber),
      leadNumber: call.leadNumber, cost: call.price?.magnitude, effectiveTime: call.effectiveTime)
  }

  /// What one page comes to that is the whole day.
  private static func compared(
    _ calls: [Call], _ rows: [StoredCall], others: [String] = [], refused: Set<CallSID> = [],
    known: Set<String> = [], candidates: [TransferCandidates] = [], changed: [ChangedCandidate] = []
  ) -> AuditComparison {
    let stored = Dictionary(uniqueKeysWithValues: rows.map { ($0.call.sid, $0) })
    let page = AuditPage(done: [], span: day, calls: calls, known: known, changed: changed)
    let draft = AuditDraft(page, stored: stored, others: others, refused: refused, directory: directory)
    return draft.compared(candidates, rows: stored)
  }

  private static let ring = makeCall(makeSID(1), from: own)

  @Test("What is stored as it is told is no difference, whatever its case")
  func agrees() {
    let transfer = makeTransfer()
    let candidate = TransferCandidates(
      sid: transfer.sid, leadNumber: transfer.leadNumber, time: transfer.effectiveTime,
      candidates: [CandidateCall(Self.ring)].compactMap { $0 }, stored: nil)
    let found = Self.compared(
      [Self.ring, transfer], [Self.stored(Self.ring), Self.stored(transfer)], candidates: [candidate])
    #expect(found.differences.isEmpty && found.unlisted.isEmpty && found.changed.isEmpty)
    #expect(found.twilioCalls == 2 && found.storedCalls == 2)
  }

  static let changes: [(field: String, make: @Sendable (inout StoredCall) -> Void)] = [
    ("from", { $0.call.from = "+34910000005" }), ("to", { $0.call.to = "+34600000099" }),
    ("direction", { $0.call.direction = .trunkingTerminating }), ("status", { $0.call.status = .busy }),
    ("duration", { $0.call.duration = 1 }), ("startTime", { $0.call.startTime = nil }),
    ("endTime", { $0.call.endTime = makeTime("2026-03-01T10:00:00Z") }),
    ("dateCreated", { $0.call.dateCreated = nil }), ("dateUpdated", { $0.call.dateUpdated = nil }),
    ("price", { $0.call.price = nil }), ("priceUnit", { $0.call.priceUnit = "EUR" }),
    ("cost", { $0.cost = "9" }), ("leadNumber", { $0.leadNumber = nil }),
    ("effectiveAt", { $0.effectiveTime = nil }), ("callDate", { $0.contradiction = "callDate" }),
    ("rawData", { $0.contradiction = "rawData" }),
  ]

  @Test("A fact that a restart would change is named", arguments: changes.map(\.field))
  func different(field: String) throws {
    var row = Self.stored(Self.ring)
    try #require(Self.changes.first { $0.field == field }).make(&row)
    let found = Self.compared([Self.ring], [row])
    #expect(found.differences == [AuditDifference(Self.ring.sid.text, .different, field: field)])
    #expect(found.doubtful == [Self.ring.sid])
  }

  @Test("Where the attribution alone differs, it is named so")
  func misattributed() {
    let wrong = [
      Self.compared([Self.ring], [Self.stored(Self.ring, workspace: 5)]),
      Self.compared([Self.ring], [Self.stored(Self.ring, number: nil)]),
    ].map(\.differences)
    let sid = Self.ring.sid.text
    #expect(wrong[0] == [AuditDifference(sid, .misattributed, field: "workspace")])
    #expect(wrong[1] == [AuditDifference(sid, .misattributed, field: "phoneNumber")])
  }

  @Test("What is not stored is missing; refused calls, and those of no case, are counted apart")
  func missing() {
    let refused = makeCall(makeSID(2), from: Self.own)
    let inbound = makeCall(makeSID(3), direction: .inbound)
    let found = Self.compared([Self.ring, refused, inbound], [], refused: [refused.sid])
    #expect(found.differences == [AuditDifference(Self.ring.sid.text, .missing)])
    #expect(found.refusedCalls == 1 && found.skippedCalls == 1 && found.twilioCalls == 1)
    #expect(found.doubtful.isEmpty)
  }

  @Test("A row that is not listed is doubtful; one that no SID names is not asked for")
  func unlisted() {
    let found = Self.compared([], [Self.stored(Self.ring)], others: ["copia"])
    #expect(found.unlisted == [Self.ring.sid.text, "copia"] && found.doubtful == [Self.ring.sid])
    let again = Self.compared([], [Self.stored(Self.ring)], known: [Self.ring.sid.text])
    #expect(again.unlisted.isEmpty && again.storedCalls == 0)
  }

  @Test(
    "A missing call decides the transfers of its lead as if it were stored, on its page and on later ones")
  func missingCandidate() {
    let transfer = makeTransfer()
    let alone = Self.compared([transfer], [Self.stored(transfer)])
    #expect(alone.differences == [AuditDifference(transfer.sid.text, .misattributed, field: "workspace")])
    let together = Self.compared([Self.ring, transfer], [Self.stored(transfer)])
    #expect(together.differences == [AuditDifference(Self.ring.sid.text, .missing)])
    let later = Self.compared([transfer], [Self.stored(transfer)], changed: together.changed)
    #expect(later.differences.isEmpty)
  }

  @Test("What is kept of an audit is read as counts, whatever numbers others have written there")
  func kept() throws {
    var audit = AuditProgress()
    audit.open = AuditProgress.OpenDay(makeTime("2026-03-01T00:00:00Z"))
    let json = String(decoding: try JSONEncoder().encode(audit), as: UTF8.self)
    for (number, count) in [
      ("-9223372036854775808", 0), ("9223372036854775807", 1_000_000_000_000), ("-1", 0),
    ] {
      let changed = json.replacing(/"(\w+)":0/) { "\"\($0.1)\":\(number)" }
      let open = try #require(try JSONDecoder().decode(AuditProgress.self, from: Data(changed.utf8)).open)
      #expect(open.asked == count)
      #expect(AuditDay.figures.allSatisfy { open.day[keyPath: $0.path] == count })
    }
  }

  @Test("A transfer that was compared before is corrected by the page that tells of its call")
  func corrected() throws {
    let transfer = makeTransfer()
    var audit = AuditProgress()
    audit.open = AuditProgress.OpenDay(Self.day.start)
    _ = audit.count(Self.compared([transfer], [Self.stored(transfer)]))
    #expect(audit.open?.day.misattributed == 1)
    let page = AuditPage(done: [Self.day], span: Self.day, calls: [Self.ring])
    let row = Self.stored(transfer)
    let draft = AuditDraft(page, stored: [:], others: [], refused: [], directory: Self.directory)
    let touched = TransferCandidates(
      sid: transfer.sid, leadNumber: transfer.leadNumber, time: transfer.effectiveTime, candidates: [],
      stored: TransferCandidates.Stored(workspace: row.workspace, phoneNumber: row.phoneNumber))
    let found = draft.compared([touched], rows: [transfer.sid: row])
    #expect(found.redecided.map(\.sid) == [transfer.sid.text] && found.redecided[0].difference == nil)
    #expect(audit.count(found).isEmpty)
    let open = try #require(audit.open?.day)
    #expect(open.misattributed == 0 && open.missing == 1)
    #expect(open.examples == [AuditDifference(Self.ring.sid.text, .missing)])
  }
}

@Suite("What settles the differences of an audit")
struct AuditRemedyTests {
  private func day(_ date: String, _ change: (inout AuditDay) -> Void = { _ in }) -> AuditDay {
    var day = AuditDay(makeTime(date + "T00:00:00Z"))
    change(&day)
    return day
  }

  @Test("Nothing where nothing differs, also where calls are gone or a day is not kept")
  func none() {
    let days = [
      day("2026-03-01"), day("2026-03-02") { $0.gone = 3 }, day("2026-03-03") { $0.isKept = false },
    ]
    #expect(days.whatToDo == nil && days.remedies.isEmpty)
  }

  @Test(
    "Neighbouring days together: a resync, or a reattribution where attributions alone differ, then the audit"
  )
  func commands() {
    let days = [
      day("2026-03-05") { $0.misattributed = 2 }, day("2026-03-01") { $0.missing = 1 },
      day("2026-03-02") { $0.misattributed = 1 }, day("2026-03-03"),
    ]
    #expect(
      days.remedies == [
        [
          "twilio-sync historical --since 2026-03-01 --until 2026-03-03 --restart",
          "twilio-sync audit --since 2026-03-01 --until 2026-03-03",
        ],
        [
          "twilio-sync reattribute --since 2026-03-05",
          "twilio-sync audit --since 2026-03-05 --until 2026-03-06",
        ],
      ])
    #expect(days.whatToDo?.hasPrefix("Ejecute «twilio-sync historical --since 2026-03-01") == true)
  }

  @Test("Of many periods three are told, and how many more there are")
  func many() {
    let days = (1...5).map { number in day("2026-03-0\(number * 2 - 1)") { $0.different = 1 } }
    #expect(days.whatToDo?.hasSuffix(" (y 2 periodos más).") == true)
  }
}
