import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Explanations of stored calls", .keepsFailedDatabases)
struct ExplanationStoreTests {
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))
  private let ring = makeRing(makeSID(1), endedAt: at("09:50"))

  private func explain(_ call: Call, _ fixture: StoreFixture) async throws -> Explanation {
    try #require(try await fixture.store.explanation(of: call.sid))
  }

  @Test(
    "In whatever order a month came in, each call's explanation says what its row says, and one plain pass")
  func anyOrder() async throws {
    try await forEachSeed(3) { random in
      var generator = CallGenerator(random: SeededRandom(seed: random.next()))
      let month = generator.month(calls: random.number(in: 60...150))
      let pages = HourlyRuns(month, random: &random).runs.shuffled(using: &random).flatMap(\.self)
      try await withStore { fixture in
        var expected = month
        expected.directory = try await fixture.pool.fillDirectory(month.directory)
        for page in pages { _ = try await fixture.store.commit(page, fence: fixture.fence) }
        let rows = expected.expected.rows
        for call in month.calls {
          let said = try await fixture.store.explanation(of: call.sid)
          try requireAgreement(said, rows[call.sid])
        }
      }
    }
  }

  private func requireAgreement(_ said: Explanation?, _ row: PlainModel.Row?) throws {
    // Directions of no case are not stored.
    try #require((said == nil) == (row == nil))
    guard let said, let row else { return }
    try #require(said.difference == nil && said.ground != .noCase, "\(said.facts.stored)")
    try #require(said.decided?.workspace == row.workspace && said.facts.stored.workspace == row.workspace)
    try #require(said.decided?.decidingNumber?.canonical == row.phoneNumber)
    try #require(
      said.facts.call.phoneNumber == row.phoneNumber && said.facts.call.leadNumber == row.leadNumber)
    try #require(said.candidates.allSatisfy { $0.candidate.timeSource != nil })
    if let chosen = said.candidates.first {
      try #require(chosen.candidate.call.ownNumber.canonical == row.phoneNumber)
      try #require(chosen.workspace == row.workspace)
    }
  }

  // MARK: What differs

  /// A change that somebody makes, after which the rules say something else than the rows.
  struct Edit: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var sql: String
    var ring: Explanation.Difference?
    var transfer: Explanation.Difference?
    var ground = Explanation.Ground.listed
    /// The workspace of both calls when it is settled.
    var settled: Int64 = 4

    static let all = [
      Edit(
        testDescription: "the number goes to another workspace",
        sql: "UPDATE workspace_phones SET workspace_id = 5 WHERE phone_number = '\(StoreFixture.own(4))'",
        ring: .directory, transfer: .directory, settled: 5),
      Edit(
        testDescription: "a row that counts before it",
        sql: """
          UPDATE workspace_phones SET is_primary = false WHERE workspace_id = 4;
          INSERT INTO workspace_phones (workspace_id, phone_number, is_primary) VALUES (6, '0034 910 000 004', true)
          """, ring: .directory, transfer: .directory, settled: 6),
      Edit(
        testDescription: "the number is deleted", sql: "DELETE FROM workspace_phones WHERE workspace_id = 4",
        ring: .directory, transfer: .directory, ground: .notListed, settled: 1),
      Edit(
        testDescription: "the number loses its workspace",
        sql: "UPDATE workspace_phones SET workspace_id = NULL WHERE workspace_id = 4",
        ring: .directory, transfer: .directory, ground: .listedWithoutWorkspace, settled: 1),
      Edit(
        testDescription: "the row's number is changed",
        sql: "UPDATE calls SET phone_number = '\(StoreFixture.own(5))' WHERE direction = 'outbound-api'",
        ring: .number, transfer: .candidate),
      Edit(
        testDescription: "the transfer's number is changed",
        sql: "UPDATE calls SET phone_number = NULL WHERE direction = 'trunking-originating'",
        transfer: .candidate),
      Edit(
        testDescription: "the transfer's workspace is changed",
        sql: "UPDATE calls SET workspace_id = 6 WHERE direction = 'trunking-originating'",
        transfer: .directory),
    ]
  }

  @Test(
    "What somebody edits is told as the difference that it makes, and reattribute settles it",
    arguments: Edit.all)
  func edited(_ edit: Edit) async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer])
      for statement in edit.sql.split(separator: ";") { try await fixture.pool.run(String(statement)) }
      let (own, other) = (try await explain(ring, fixture), try await explain(transfer, fixture))
      #expect(own.difference == edit.ring && other.difference == edit.transfer)
      #expect(own.ground == edit.ground)
      #expect(other.words().whatToDo?.contains("twilio-sync reattribute") == true)
      let calls = try await fixture.store.storedCalls(after: nil, since: nil, limit: 1000)
      _ = try await fixture.store.commit(
        IntakePage(calls: calls, readAt: at("12:00"), isReread: true), fence: fixture.fence)
      for call in [ring, transfer] {
        let said = try await explain(call, fixture)
        #expect(said.difference == nil && said.decided?.workspace == WorkspaceID(edit.settled))
        #expect(said.ground == .listed)
      }
    }
  }

  @Test(
    "The reattribution that is advised reads the call, whatever its date says",
    arguments: [
      "NULL", "'-infinity'", "'infinity'", "'0044-03-15 BC'", "call_date - INTERVAL '5 days'",
      "call_date + INTERVAL '5 days'", "call_date + INTERVAL '600 microseconds'",
      "call_date - INTERVAL '600 microseconds'",
    ])
  func reached(date: String) async throws {
    try await withStore { fixture in
      try await fixture.commit([ring])
      try await fixture.pool.run("UPDATE calls SET workspace_id = 5, call_date = \(date)")
      let advice = try #require(try await explain(ring, fixture).words().whatToDo)
      let since = advice.firstMatch(of: /--since ([^ »]+)/).flatMap { Timestamp(iso8601: String($0.1)) }
      #expect(
        advice.hasPrefix("Ejecute «twilio-sync reattribute") && advice.contains("--since") == (since != nil))
      let read = try await fixture.store.storedCalls(after: nil, since: since, limit: 1000)
      #expect(read.map(\.sid) == [ring.sid], "\(advice)")
    }
  }

  @Test("A row that an older program writes beside us is told so until the next hourly run takes it in")
  func notTakenIn() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer])
      for column in ["direction = direction", "direction = NULL"] {
        try await fixture.pool.run(
          "UPDATE calls SET \(column), workspace_id = 6, phone_number = NULL, lead_number = NULL, effective_at = NULL"
        )
        for call in [ring, transfer] {
          let said = try await explain(call, fixture)
          #expect(said.ground == .notTakenIn && said.candidates.isEmpty, "\(said.words().text)")
          #expect(said.words().whatToDo?.contains("twilio-sync hourly") == true)
        }
        let older = try await fixture.store.olderCalls(after: nil, limit: 1000)
        _ = try await fixture.store.commit(IntakePage(calls: older, readAt: .epoch), fence: fixture.fence)
        for call in [ring, transfer] {
          let said = try await explain(call, fixture)
          #expect(said.ground == .listed && said.difference == nil)
        }
      }
    }
  }

  @Test("A call whose direction is of no case any more keeps its workspace and is told as such")
  func noCase() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer])
      var changed = ring
      changed.direction = .inbound
      changed.dateUpdated = changed.dateUpdated?.adding(seconds: 1)
      try await fixture.commit([changed])
      let said = try await explain(ring, fixture)
      #expect(said.ground == .noCase && said.decided == nil && said.difference == nil)
      #expect(said.facts.stored.workspace == WorkspaceID(4))
      #expect(try await explain(transfer, fixture).ground == .noCandidate)
    }
  }

  @Test("A number that stands in the older database's workspaces alone is told")
  func inWorkspacesAlone() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring])
      try await fixture.pool.run(
        "DELETE FROM workspace_phones WHERE workspace_id = 4",
        "ALTER TABLE workspaces ADD COLUMN phone_number TEXT",
        "UPDATE workspaces SET phone_number = '34 910 000 004' WHERE id IN (4, 5)")
      let said = try await explain(ring, fixture)
      #expect(said.ground == .notListed && said.workspacesAlone == [WorkspaceID(4), WorkspaceID(5)])
    }
  }

  @Test("A number that a call brought, and that workspaces names, is told with the workspace to give it to")
  func broughtAndNamed() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "DELETE FROM workspace_phones WHERE workspace_id = 4",
        "ALTER TABLE workspaces ADD COLUMN phone_number TEXT",
        "UPDATE workspaces SET phone_number = '34 910 000 004' WHERE id = 4")
      try await fixture.commit([ring])
      let said = try await explain(ring, fixture)
      #expect(said.ground == .listed && said.difference == nil && said.workspacesAlone == [WorkspaceID(4)])
      #expect(said.words().whatToDo?.contains("phones assign \(StoreFixture.own(4)) 4»") == true)
      let phone = try await fixture.store.phones(now: at("12:00")).first { $0.number == StoreFixture.own(4) }
      #expect(phone?.odd == [.unassigned])
      #expect(phone?.whatToDo().last?.contains("phones assign \(StoreFixture.own(4)) 4»") == true)
    }
  }

  // MARK: Candidates

  @Test("Of many candidates the ten nearest are told, whichever side they are on")
  func manyCandidates() async throws {
    try await withStore { fixture in
      // Before: 1 to 15 minutes; after: 20 to 34; the farther one, the larger its SID.
      let before = (1...15).map { makeRing(makeSID($0), endedAt: at("10:00").adding(minutes: -$0)) }
      let after = (20...34).map { makeRing(makeSID($0), of: 5, endedAt: at("10:00").adding(minutes: $0)) }
      try await fixture.commit((before + after).shuffled() + [transfer])
      let said = try await explain(transfer, fixture)
      #expect(said.candidates.map(\.candidate.call.sid) == (1...10).map(makeSID))
      let late = makeTransfer(makeSID(101), endTime: at("10:27"))
      try await fixture.commit([late])
      let around = try await explain(late, fixture)
      #expect(
        around.candidates.map(\.candidate.call.sid) == [27, 26, 28, 25, 29, 24, 30, 23, 31, 22].map(makeSID))
      #expect(around.candidates.allSatisfy { $0.workspace == WorkspaceID(5) } && around.difference == nil)
    }
  }

  @Test("Of more candidates at one moment than are told the smallest SID decides", arguments: [-5, 0, 5])
  func manyAtOnce(minutes: Int) async throws {
    try await withStore { fixture in
      let moment = at("10:00").adding(minutes: minutes)
      let rings = (1...30).map { makeRing(makeSID($0), of: $0 == 1 ? 6 : 4, endedAt: moment) }
      try await fixture.commit(rings.shuffled() + [transfer])
      let said = try await explain(transfer, fixture)
      #expect(said.candidates.map(\.candidate.call.sid) == (1...10).map(makeSID))
      #expect(said.decided?.workspace == WorkspaceID(6) && said.difference == nil)
    }
  }

  @Test("Which of a candidate's times counts is told: its end, else its start, else its creation, else none")
  func timeSources() async throws {
    try await withStore { fixture in
      var rings = (1...4).map { makeRing(makeSID($0), endedAt: at("09:00").adding(minutes: $0)) }
      for index in 1...3 { rings[index].endTime = nil }
      for index in 2...3 { rings[index].startTime = nil }
      rings[3].dateCreated = nil
      try await fixture.commit(rings + [transfer])
      let said = try await explain(transfer, fixture)
      #expect(
        Dictionary(grouping: said.candidates, by: \.candidate.timeSource).mapValues {
          $0.map(\.candidate.call.sid)
        }
          == [.end: [makeSID(1)], .start: [makeSID(2)], .creation: [makeSID(3)], nil: [makeSID(4)]])
      #expect(said.difference == nil)
    }
  }

  @Test("A time of a candidate that is none, or that nobody can read, does not count as its time")
  func unreadableTimes() async throws {
    try await withStore { fixture in
      var rings = (1...3).map { makeRing(makeSID($0), endedAt: at("09:00").adding(minutes: $0)) }
      for index in rings.indices { rings[index].endTime = nil }
      rings[2].dateCreated = nil
      try await fixture.commit(rings + [transfer])
      // Of the third no time is left: it counts as at the epoch.
      try await fixture.pool.run(
        "UPDATE calls SET ended_at = 'infinity' WHERE id = '\(makeSID(1).text)'",
        """
        UPDATE calls SET raw_data = raw_data || '{"startTime": "1 March"}', effective_at = CASE id
          WHEN '\(makeSID(2).text)' THEN call_date ELSE '1970-01-01T00:00:00Z' END
        WHERE id IN ('\(makeSID(2).text)', '\(makeSID(3).text)')
        """)
      let candidates = try await explain(transfer, fixture).candidates
      #expect(
        Dictionary(candidates.map { ($0.candidate.call.sid, $0.candidate.timeSource) }) { first, _ in first }
          == [makeSID(1): .start, makeSID(2): .creation, makeSID(3): nil])
    }
  }

  @Test(
    "Times and raw data of any form that others wrote are no reason to fail", arguments: OddTimesTests.times)
  func oddTimes(time: String) async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, makeRing(makeSID(2), of: 5, endedAt: at("11:00")), transfer])
      for raw in [
        "NULL", "'null'", "'[]'", "'\"text\"'", "'{\"startTime\": {\"a\": 1}, \"dateCreated\": 7}'",
      ] {
        try await fixture.pool.run(
          """
          UPDATE calls SET call_date = '\(time)', ended_at = '\(time)', effective_at = '\(time)',
            updated_at = '\(time)', raw_data = \(raw) WHERE id <> '\(makeSID(2).text)'
          """)
        let said = try await explain(transfer, fixture)
        #expect(said.candidates.map(\.candidate.call.sid).contains(makeSID(2)))
        #expect(said.facts.call.callDate == nil && said.wholeAnswer.json.contains("\"callDate\":null"))
        _ = try await explain(ring, fixture)
        var search = CallSearch()
        search.number = PhoneNumber(StoreFixture.lead)
        #expect(try await fixture.store.calls(search).calls.map(\.sid) == [2, 100, 1].map(makeSID))
      }
    }
  }

  // MARK: Calls that are not there

  @Test("A call that is not stored is none; one that was set aside is told with the reason")
  func refused() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(Migrator.dropViews, "ALTER TABLE calls ALTER duration TYPE smallint")
      var bad = ring
      bad.duration = 40_000
      try await fixture.commit([bad, transfer])
      #expect(try await fixture.store.explanation(of: bad.sid) == nil)
      #expect(try await fixture.store.refusal(of: bad.sid)?.contains("22003") == true)
      #expect(try await fixture.store.refusal(of: transfer.sid) == nil)
      #expect(try await fixture.store.refusal(of: makeSID(9)) == nil)
      #expect(try await fixture.store.explanation(of: makeSID(9)) == nil)
      // Another program's row of the same id is not ours.
      try await fixture.pool.run("UPDATE calls SET source = 'other'")
      #expect(try await fixture.store.explanation(of: transfer.sid) == nil)
    }
  }
}
