import CallDomain
import TestSupport
import Testing

@Suite("A page merged and decided, rule 5")
struct PageCommitTests {
  private let noon = makeTime("2026-03-01T12:00:00Z")
  private let directory = [makeRow(1, 7), makeRow(2, 8, number: "+34910000002")]

  @Test("However a month is cut into pages, ordered and repeated, the table equals one pass over all calls")
  func orderDoesNotMatter() throws {
    try forEachSeed(40) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 1...80))
      var table = MemoryTable(directory: month.directory, defaultWorkspace: month.defaultWorkspace)
      for page in random.pages(of: month) { table.commit(page) }

      try requireOnePass(table, month)
      let expected = month.expected
      try #require(table.createdPhones(beside: month.directory) == expected.createdPhones)
      try #require(table.adoptedRows(of: month.directory) == Set(expected.adoptedRows.compactMap(\.first)))
    }
  }

  /// The table equals one pass over all calls as they are in the end.
  private func requireOnePass(_ table: MemoryTable, _ month: GeneratedMonth) throws {
    let expected = month.expected
    try #require(Set(table.rows.keys) == Set(expected.rows.keys))
    for call in month.calls {
      guard let row = table.rows[call.sid] else { continue }
      try #require(row.call == call)
      try #require(row.plain == expected.rows[call.sid], "\(call)")
    }
  }

  @Test("A page taken in again writes nothing and reports nothing")
  func repeatedPage() throws {
    try forEachSeed(20) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: 60)
      var table = MemoryTable(directory: month.directory, defaultWorkspace: month.defaultWorkspace)
      let pages = random.pages(of: month)
      for page in pages { table.commit(page) }
      let writes = table.writes
      for page in pages.shuffled(using: &random) {
        let outcome = table.commit(page)
        try #require(outcome.changed.isEmpty, "\(outcome.changed)")
        try #require(outcome.createdPhones == 0 && outcome.moves.isEmpty)
      }
      try #require(table.writes == writes)
    }
  }

  @Test("A transfer goes back to another call when the one that had won turns out to have ended later")
  func winnerMovesAway() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: makeTime("2026-03-01T10:00:00Z"))
    let ended = makeCall(makeSID(1), endTime: makeTime("2026-03-01T09:50:00Z"))
    var live = makeCall(
      makeSID(2), from: "+34910000002", status: .inProgress, duration: nil,
      startTime: makeTime("2026-03-01T09:58:00Z"), endTime: nil,
      dateUpdated: makeTime("2026-03-01T09:58:00Z"), price: nil)
    table.commit([transfer, ended, live])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(8))

    live.status = .completed
    live.endTime = makeTime("2026-03-01T11:00:00Z")
    live.dateUpdated = live.endTime
    let outcome = table.commit([live])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
    #expect(table.rows[transfer.sid]?.phoneNumber?.canonical == "+34910000001")
    #expect(outcome.moves.count == 1)
    #expect(outcome.changed == [live.sid, transfer.sid])
  }

  @Test("A stored transfer is decided anew when its first candidate arrives in a later page")
  func candidateArrivesLater() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: noon)
    let first = table.commit([transfer])
    #expect(first.transfers == [transfer.sid: false])
    #expect(
      table.rows[transfer.sid]?.plain == PlainModel.Row(workspace: WorkspaceID(1), leadNumber: "+34600000022")
    )

    let second = table.commit([makeCall(endTime: noon.adding(hours: 300))])
    #expect(second.transfers == [transfer.sid: true])
    #expect(second.moves.count == 1)
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
  }

  @Test(
    "A transfer loses the candidate whose callee turns out to be somebody else, and the other lead gains it")
  func calleeCorrected() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: noon)
    let other = makeTransfer(makeSID(101), from: "+34600000033", endTime: noon)
    table.commit([transfer, other, makeCall()])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
    table.commit([makeCall(to: "+34600000033", dateUpdated: noon)])
    #expect(
      table.rows[transfer.sid]?.plain == PlainModel.Row(workspace: WorkspaceID(1), leadNumber: "+34600000022")
    )
    #expect(table.rows[other.sid]?.workspace == WorkspaceID(7))
  }

  @Test("A transfer is decided anew when its own caller or time becomes known or changes")
  func transferChanges() {
    var table = MemoryTable(directory: directory)
    let calls = [
      makeCall(makeSID(1), endTime: noon),
      makeCall(makeSID(2), from: "+34910000002", endTime: noon.adding(hours: 9)),
    ]
    var transfer = makeTransfer(from: nil, endTime: noon)
    table.commit(calls + [transfer])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(1))
    transfer.from = "0034600000022"
    table.commit([transfer])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
    transfer.endTime = noon.adding(hours: 8)
    transfer.dateUpdated = transfer.endTime
    table.commit([transfer])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(8))
  }

  @Test("A call that turns out to be of another direction explains its lead's transfers no more")
  func directionChanges() {
    for direction in [CallDirection.trunkingOriginating, .inbound, .outboundDial, .other("conference-leg")] {
      var table = MemoryTable(directory: directory)
      let transfer = makeTransfer(endTime: noon)
      table.commit([transfer, makeCall()])
      #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
      let outcome = table.commit([makeCall(direction: direction, dateUpdated: noon)])
      #expect(outcome.changed == [makeSID(1), transfer.sid], "\(direction)")
      #expect(
        table.rows[transfer.sid]?.plain
          == PlainModel.Row(workspace: WorkspaceID(1), leadNumber: "+34600000022"), "\(direction)")
      let row = table.rows[makeSID(1)]
      #expect(row?.call.direction == direction)
      let isTransfer = direction == .trunkingOriginating
      #expect(row?.workspace == WorkspaceID(isTransfer ? 1 : 7), "\(direction)")
      #expect(row?.phoneNumber?.canonical == (isTransfer ? nil : "+34910000001"))

      let facts = table.commit([
        makeCall(direction: direction, dateUpdated: noon.adding(seconds: 1), price: Price("-0.09000"))
      ])
      #expect(facts.changed == [makeSID(1)] && table.rows[makeSID(1)]?.cost == "0.09000")
      table.commit([makeCall(dateUpdated: noon.adding(seconds: 2))])
      #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
      #expect(table.rows[makeSID(1)]?.workspace == WorkspaceID(7))
    }
  }

  @Test("A call without any number that turns out to be of no case still takes in what is said of it later")
  func directionChangesOfAWithheldCall() {
    var table = MemoryTable(directory: directory)
    table.commit([makeCall(from: "anonymous", to: nil, price: nil)])
    table.commit([makeCall(from: "anonymous", to: nil, direction: .inbound, dateUpdated: noon, price: nil)])
    let facts = table.commit([
      makeCall(
        from: "anonymous", to: nil, direction: .inbound, dateUpdated: noon.adding(seconds: 1),
        price: Price("-0.09000"))
    ])
    #expect(facts.changed == [makeSID(1)] && table.rows[makeSID(1)]?.cost == "0.09000")
    #expect(table.rows[makeSID(1)]?.workspace == WorkspaceID(1))
  }

  @Test(
    "However directions change and versions of one second differ, the table equals one pass over all calls as they are now"
  )
  func corrected() throws {
    try forEachSeed(40) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: random.number(in: 1...60))
      month.correct(&random)
      var table = MemoryTable(directory: month.directory, defaultWorkspace: month.defaultWorkspace)
      for page in random.pages(of: month) { table.commit(page) }
      // A version of no case leaves nothing behind where no row is yet, so an older one may come after it.
      table.commit(month.calls.filter { month.former.contains($0.sid) })
      try requireOnePass(table, month)
    }
  }

  @Test("In a resync that was begun anew Twilio has the last word, against every rule of versions")
  func lastWord() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: noon)
    table.commit([transfer, makeCall(price: Price("-0.07000"))])
    let stamp = makeCall().dateUpdated
    // The same stamp and a lower price; an older stamp and less known; a status that is not final.
    for call in [
      makeCall(dateUpdated: stamp, price: Price("-0.02000")),
      makeCall(dateUpdated: noon.adding(hours: -90), price: nil),
      makeCall(status: .inProgress, duration: nil, endTime: nil, dateUpdated: nil, price: nil),
      makeCall(from: "+34910000002", to: nil), makeCall(direction: .inbound),
    ] {
      let outcome = table.commit([call], isLastWord: true)
      #expect(outcome.changed.contains(call.sid), "\(call)")
      #expect(table.rows[call.sid]?.call == call)
      #expect(table.rows[call.sid]?.cost == call.price?.magnitude)
      #expect(table.commit([call], isLastWord: true).changed.isEmpty)
    }
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(1))
    table.commit([makeCall()], isLastWord: true)
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
  }

  @Test("A call becomes a candidate when its caller becomes known")
  func callerBecomesKnown() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: noon)
    table.commit([transfer, makeCall(from: nil)])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(1))
    table.commit([makeCall()])
    #expect(table.rows[transfer.sid]?.workspace == WorkspaceID(7))
  }

  @Test("A transfer moves to another number of the same workspace without counting as moved")
  func sameWorkspace() {
    var table = MemoryTable(directory: [makeRow(1, 7), makeRow(2, 7, number: "+34910000002")])
    let transfer = makeTransfer(endTime: noon)
    table.commit([transfer, makeCall(makeSID(1), endTime: noon.adding(hours: -2))])
    let outcome = table.commit([makeCall(makeSID(2), from: "+34910000002", endTime: noon.adding(hours: -1))])
    #expect(table.rows[transfer.sid]?.phoneNumber?.canonical == "+34910000002")
    #expect(outcome.moves.isEmpty)
    #expect(outcome.changed == [makeSID(2), transfer.sid])
  }

  @Test("An unlisted number is created once, in canonical form, however it is spelled in a page")
  func createdOnce() {
    var table = MemoryTable(directory: directory)
    let outcome = table.commit([
      makeCall(makeSID(1), from: "0034 910 000 099"),
      makeCall(makeSID(2), from: "sip:+34910000099@pbx.example"),
      makeCall(makeSID(3), from: "+34910000099", direction: .trunkingTerminating),
    ])
    #expect(outcome.createdPhones == 1)
    let created = makeRow(3, 1, number: "+34910000099")
    #expect(table.directory == directory + [created])
    #expect(table.rows[makeSID(1)]?.call.from == "0034 910 000 099")
    #expect(table.rows[makeSID(1)]?.phoneNumber?.canonical == "+34910000099")
  }

  @Test("No phone is created from a lead, a withheld caller or a direction that is not stored")
  func notCreated() {
    var table = MemoryTable(directory: directory)
    let outcome = table.commit([
      makeTransfer(), makeCall(makeSID(1), from: "Anonymous"), makeCall(makeSID(2), from: nil),
      makeCall(makeSID(3), from: "+34910000099", direction: .inbound),
      makeCall(makeSID(4), from: "+34910000099", direction: .outboundDial),
      makeCall(makeSID(5), from: "+34910000099", direction: nil),
    ])
    #expect(outcome.createdPhones == 0)
    #expect(table.directory == directory)
    #expect(Set(table.rows.keys) == [makeTransfer().sid, makeSID(1), makeSID(2)])
  }

  @Test("A row without a workspace is given the default one instead of a second row")
  func adopted() {
    var table = MemoryTable(directory: [makeRow(5, nil), makeRow(4, nil, number: "0034910000001")])
    let outcome = table.commit([makeCall()])
    #expect(outcome.createdPhones == 0)
    #expect(table.directory == [makeRow(5, nil), makeRow(4, 1, number: "0034910000001")])
  }

  @Test("A price that arrives alone changes the row and no transfer")
  func priceAlone() {
    var table = MemoryTable(directory: directory)
    let transfer = makeTransfer(endTime: noon)
    table.commit([makeCall(price: nil), transfer])
    let outcome = table.commit([makeCall()])
    #expect(outcome.changed == [makeSID(1)])
    #expect(table.rows[makeSID(1)]?.cost == "0.05600")
    #expect(table.commit([makeCall(dateUpdated: noon.adding(hours: -9), price: nil)]).changed.isEmpty)
  }
}

extension StoredCall {
  fileprivate var plain: PlainModel.Row? {
    workspace.map {
      PlainModel.Row(
        workspace: $0, phoneNumber: phoneNumber?.canonical, leadNumber: leadNumber?.canonical)
    }
  }
}

extension MemoryTable {
  fileprivate func createdPhones(beside rows: [PhoneRow]) -> Set<String> {
    let old = Set(rows.map(\.id))
    return Set(
      directory.filter { !old.contains($0.id) && $0.workspace == defaultWorkspace && !$0.isPrimary }.map(
        \.number))
  }

  fileprivate func adoptedRows(of rows: [PhoneRow]) -> Set<Int64> {
    let without = Set(rows.filter { $0.workspace == nil }.map(\.id))
    return Set(directory.filter { without.contains($0.id) && $0.workspace != nil }.map(\.id))
  }
}

extension SeededRandom {
  /// All versions of a month's calls, some twice, in any order, in pages of any size that hold
  /// every SID once.
  fileprivate mutating func pages(of month: GeneratedMonth) -> [[Call]] {
    var arrivals = month.lives.flatMap(\.self)
    arrivals += arrivals.filter { _ in chance(15) }
    arrivals.shuffle(using: &self)
    var pages: [[Call]] = [[]]
    var size = number(in: 1...30)
    for call in arrivals {
      if pages[pages.count - 1].count >= size
        || pages[pages.count - 1].contains(where: { $0.sid == call.sid })
      {
        pages.append([])
        size = number(in: 1...30)
      }
      pages[pages.count - 1].append(call)
    }
    return pages
  }
}
