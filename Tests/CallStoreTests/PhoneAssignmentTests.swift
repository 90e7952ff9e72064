import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Assigning a number", .keepsFailedDatabases)
struct PhoneAssignmentTests {
  private static let now = makeTime("2026-03-01T12:00:00Z")

  private func assignment(
    _ number: String, to workspace: Int64, past: Bool = true, isRehearsal: Bool = false
  ) throws -> PhoneAssignment {
    PhoneAssignment(
      number: try #require(PhoneNumber(listed: number)), workspace: WorkspaceID(workspace), movesPast: past,
      isRehearsal: isRehearsal)
  }

  /// The steps of a run of the kind `assign`.
  private func run(_ assignment: PhoneAssignment, on store: CallStore, pageSize: Int = 1000) async throws
    -> SyncRun
  {
    let preview = try await store.preview(assignment, now: Self.now)
    if let obstacle = preview.obstacle { throw obstacle }
    let fence = try await store.begin(.assign)
    _ = try await store.assign(assignment, fence: fence)
    var rest = try await store.calls(decidedBy: assignment)[...]
    while !rest.isEmpty {
      let calls = try await store.storedCalls(Array(rest.prefix(pageSize)))
      rest = rest.dropFirst(pageSize)
      _ = try await store.commit(IntakePage(calls: calls, readAt: Self.now, isReread: true), fence: fence)
    }
    return try await store.finish(
      SyncRun(
        id: fence.run, kind: .assign, state: .succeeded, startedAt: Self.now, finishedAt: Self.now,
        requestedBy: "test"), fence: fence)
  }

  private let ring = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))
  private let other = makeRing(makeSID(2), of: 6, to: "+34600000023", endedAt: at("09:50"))

  @Test("A run that dies between the row and the calls is finished by the same order, which moves the rest")
  func resumed() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer, other])
      let order = try assignment(StoreFixture.own(4), to: 5)
      let fence = try await fixture.store.begin(.assign)
      #expect(try await fixture.store.assign(order, fence: fence) == 0)
      try await fixture.store.release(.assign, token: fence.token)
      #expect(try await fixture.decision(ring.sid) == Decision(4, StoreFixture.own(4)))
      let run = try await run(order, on: fixture.store)
      #expect(run.moves.map(\.calls) == [2] && run.moves.map(\.from) == [WorkspaceID(4)])
      for sid in [ring.sid, transfer.sid] {
        #expect(try await fixture.decision(sid) == Decision(5, StoreFixture.own(4)))
      }
      #expect(try await fixture.decision(other.sid) == Decision(6, StoreFixture.own(6)))
      // Once more it finds nothing to do.
      #expect(try await self.run(order, on: fixture.store).moves.isEmpty)
    }
  }

  @Test("Calls that another run stores between the row and the calls have the new workspace already")
  func besideAnHourlyRun() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring])
      let order = try assignment(StoreFixture.own(4), to: 5)
      let fence = try await fixture.store.begin(.assign)
      _ = try await fixture.store.assign(order, fence: fence)
      try await fixture.commit([transfer, makeRing(makeSID(3), of: 4, endedAt: at("10:30"))])
      #expect(try await fixture.decision(makeSID(3)) == Decision(5, StoreFixture.own(4)))
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(4)))
      #expect(try await fixture.store.calls(decidedBy: order) == [ring.sid])
    }
  }

  @Test("A run that lost its lease changes no row")
  func leaseLost() async throws {
    try await withStore { fixture in
      let fence = RunFence(kind: .assign, run: RunID(1), token: 9)
      let order = try assignment(StoreFixture.own(4), to: 5)
      await #expect(throws: RunFailure.leaseLost) { _ = try await fixture.store.assign(order, fence: fence) }
      let workspace = try await fixture.pool.line(
        "SELECT workspace_id FROM workspace_phones WHERE phone_number = '\(StoreFixture.own(4))'")
      #expect(workspace == "4")
    }
  }

  @Test("The row is changed where it is, whatever its form and workspace, and made where there is none")
  func row() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        """
        INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES
          (71, 1, '+34910000071'), (72, NULL, '0034 910 000 072'), (73, 6, '+34910000073')
        """)
      for number in ["+34910000071", "+34910000072", "+34910000073", "+34910000074"] {
        _ = try await run(try assignment(number, to: 5), on: fixture.store)
      }
      #expect(
        try await fixture.pool.lines(
          "SELECT concat_ws(' ', workspace_id, phone_number, is_primary) FROM workspace_phones WHERE workspace_id = 5 AND phone_number LIKE '%7_' ORDER BY 1"
        )
          == [
            "5 +34910000071 f", "5 +34910000073 f", "5 +34910000074 f", "5 0034 910 000 072 f",
          ])
    }
  }

  @Test("An id that is taken is no hindrance to a new row")
  func takenID() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (4, 5, '+34910000071'), (5, 5, '+34910000072')"
      )
      let order = try assignment("+34910000074", to: 5)
      // A role that may not use the sequence is told instead.
      if LeastPrivilege.isWanted {
        let obstacle = try await fixture.store.preview(order, now: Self.now).obstacle
        #expect(obstacle?.message.contains("su id ya existe, la secuencia va por detrás") == true)
        return
      }
      _ = try await run(order, on: fixture.store)
      #expect(
        try await fixture.pool.line(
          "SELECT workspace_id FROM workspace_phones WHERE phone_number = '+34910000074'")
          == "5")
    }
  }

  @Test(
    "A row that would count before the changed one is named with its DELETE, after which it goes; rehearsed without it"
  )
  func twins() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring])
      try await fixture.pool.run(
        """
        UPDATE workspace_phones SET is_primary = false;
        """,
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 6, '0034910000004')")
      let order = try assignment(StoreFixture.own(4), to: 1)
      let preview = try await fixture.store.preview(order, now: Self.now)
      let obstacle = try #require(preview.obstacle)
      #expect(obstacle.kind == .conflict && preview.moves.isEmpty)
      let statement = try #require(obstacle.message.firstMatch(of: /DELETE[^;]*;/)).output
      #expect(statement == "DELETE FROM workspace_phones WHERE id = 71;")
      let rehearsal = try assignment(StoreFixture.own(4), to: 1, isRehearsal: true)
      let rehearsed = try await fixture.store.preview(rehearsal, now: Self.now)
      #expect(rehearsed.obstacle == obstacle && rehearsed.moves.map(\.sid) == [ring.sid])
      #expect(try await fixture.store.runs(limit: 9, kind: .assign).isEmpty)
      try await fixture.pool.run(String(statement))
      #expect(try await run(order, on: fixture.store).moves.map(\.calls) == [1])
    }
  }

  @Test("So is a row by which a key forbids the change", arguments: [false, true])
  func key(isOfPrimaries: Bool) async throws {
    try await withStore { fixture in
      if isOfPrimaries {
        try await fixture.pool.run(
          "CREATE UNIQUE INDEX one_primary ON workspace_phones (workspace_id) WHERE is_primary")
      } else {
        try await fixture.pool.run(
          "ALTER TABLE workspace_phones ADD UNIQUE (workspace_id, phone_number)",
          "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 5, '\(StoreFixture.own(4))')"
        )
      }
      let order = try assignment(StoreFixture.own(4), to: 5)
      let obstacle = try #require(try await fixture.store.preview(order, now: Self.now).obstacle)
      #expect(obstacle.kind == .conflict)
      let statement = try #require(obstacle.message.firstMatch(of: /DELETE[^;]*;/)).output
      try await fixture.pool.run(String(statement))
      _ = try await run(order, on: fixture.store)
      let phones = try await fixture.store.phones(now: Self.now)
      let phone = try #require(phones.first { $0.number == StoreFixture.own(4) })
      #expect(phone.workspace == WorkspaceID(5) && phone.rows.count == 1)
    }
  }

  @Test("One DELETE names both the rows that would count before and those by which a key forbids the change")
  func twinsAndKey() async throws {
    try await withStore { fixture in
      try await fixture.pool.run(
        "UPDATE workspace_phones SET is_primary = false",
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (71, 1, '\(StoreFixture.own(4))')",
        "INSERT INTO workspace_phones (id, workspace_id, phone_number) VALUES (72, 6, '0034910000004')")
      let order = try assignment(StoreFixture.own(4), to: 1)
      let obstacle = try #require(try await fixture.store.preview(order, now: Self.now).obstacle)
      let statement = try #require(obstacle.message.firstMatch(of: /DELETE[^;]*;/)).output
      #expect(statement == "DELETE FROM workspace_phones WHERE id IN (71, 72);")
      try await fixture.pool.run(String(statement))
      _ = try await run(order, on: fixture.store)
    }
  }

  @Test(
    "Months before the current one leave a workspace other than the default one only where that is wished")
  func past() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        ring, makeRing(makeSID(7), of: 4, endedAt: makeTime("2026-02-03T10:00:00Z")),
      ])
      let order = try assignment(StoreFixture.own(4), to: 5, past: false)
      let obstacle = try #require(try await fixture.store.preview(order, now: Self.now).obstacle)
      #expect(obstacle.kind == .conflict)
      #expect(Set(obstacle.moves.map(\.month)) == ["2026-02", "2026-03"])
      let wished = try await run(try assignment(StoreFixture.own(4), to: 5), on: fixture.store)
      #expect(Set(wished.moves) == Set(obstacle.moves))
      // To the default workspace they are past as well, from it they are not.
      let back = try assignment(StoreFixture.own(4), to: 1, past: false)
      #expect(try await fixture.store.preview(back, now: Self.now).obstacle != nil)
      _ = try await run(try assignment(StoreFixture.own(4), to: 1), on: fixture.store)
      #expect(try await fixture.store.preview(order, now: Self.now).obstacle == nil)
    }
  }

  @Test("Unknown workspaces and numbers that no call can have are bad parameters; calls make a number good")
  func bad() async throws {
    try await withStore { fixture in
      for (number, workspace) in [
        (StoreFixture.own(4), 99), ("911679868", 4), ("abc", 4), ("+0911679868", 4),
      ] {
        for isRehearsal in [false, true] {
          let order = try assignment(number, to: Int64(workspace), isRehearsal: isRehearsal)
          await #expect { _ = try await fixture.store.preview(order, now: Self.now) } throws: { error in
            (error as? RunFailure)?.kind == .badParameter
          }
        }
      }
      try await fixture.commit([makeRing(makeSID(8), from: "911679868", endedAt: at("09:50"))])
      #expect(try await run(try assignment("911679868", to: 4), on: fixture.store).moves.map(\.calls) == [1])
    }
  }

  @Test(
    "The directory is listed with activity and what is odd; a month's calls by the number that decided them")
  func listed() async throws {
    try await withStore { fixture in
      try await fixture.commit([
        ring, transfer, makeRing(makeSID(7), of: 4, endedAt: makeTime("2025-12-03T10:00:00Z")),
        makeRing(makeSID(8), from: "client:ana", endedAt: at("09:50")),
        makeRing(makeSID(9), of: 4, endedAt: at("09:51")),
      ])
      // Of no case any more, as no bill has it.
      try await fixture.pool.run("UPDATE calls SET direction = 'inbound' WHERE id = '\(makeSID(9).text)'")
      let phones = try await fixture.store.phones(now: Self.now)
      #expect(
        phones.map { "\($0.number) \($0.odd.map(\.rawValue)) \($0.activity.calls)" } == [
          "+34910000004 [] 2", "+34910000005 [\"never_called\"] 0", "+34910000006 [\"never_called\"] 0",
          "client:ana [\"unassigned\"] 1",
        ])
      let phone = try #require(phones.first)
      #expect(phone.workspaceName == "cuatro")
      #expect(phone.activity.firstCall == makeTime("2025-12-03T09:58:59Z"))
      #expect(phone.activity.lastCall == ring.callDate && phone.activity.cost.map(\.priceUnit) == ["USD"])
    }
  }

  @Test("As the role of scripts/least-privilege.sql", arguments: [PostgresTemplate.limited, .limitedLegacy])
  func limited(template: PostgresTemplate) async throws {
    try await withLimited(template) { database in
      let store = CallStore(pool: database.limited, defaultWorkspace: WorkspaceID(1))
      let hourly = try await store.begin(.hourly)
      _ = try await store.commit(
        IntakePage(
          calls: [makeRing(makeSID(1), from: "+34910000077", endedAt: at("09:50"))], readAt: Self.now),
        fence: hourly)
      try await database.pool.run("UPDATE calls SET created_at = created_at - INTERVAL '1 day'")
      #expect(try await run(try assignment("+34910000077", to: 4), on: store).moves.map(\.calls) == [1])
      _ = try await run(try assignment("+34910000078", to: 4), on: store)
      #expect(try await store.phones(now: Self.now).contains { $0.number == "+34910000078" })
    }
  }
}
