import CallDomain
import CallStore
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("What is known of alerts and what was told of them", .keepsFailedDatabases)
struct AlertRecordTests {
  private static let now = at("12:00")
  private static let firing = alert(.noRun, since: at("10:00"))
  private static let over = alert(.noRun, firing: false)

  private static func alert(_ name: Alert.Name, firing: Bool = true, since: Timestamp? = nil) -> Alert {
    Alert(name, isFiring: firing, since: since, detail: "x", whatToDo: firing ? "y" : nil)
  }

  /// Notes a change and tells which of it nobody noted before.
  private func record(_ changes: [Alert], in store: CallStore) async throws -> [Alert] {
    let told = Mutex<[Alert]>([])
    try await store.record(changes, now: Self.now) { alerts in told.withLock { $0 += alerts } }
    return told.withLock(\.self)
  }

  private func expire(_ fixture: StoreFixture) async throws {
    try await fixture.pool.run("UPDATE sync_alerts SET claimed_until = clock_timestamp()")
  }

  @Test("A change is given to one of those who note it at once; nothing is given twice")
  func changes() async throws {
    try await withStore { fixture in
      #expect(try await record([Self.over], in: fixture.store).isEmpty)
      let seen = [Self.firing, Self.alert(.defaultWorkspace)]
      let told = try await withThrowingTaskGroup(of: [Alert].self) { group in
        for _ in 0..<8 { group.addTask { try await record(seen, in: fixture.store) } }
        return try await group.reduce([]) { $0 + $1 }
      }
      #expect(told.map(\.name.rawValue).sorted() == ["default_workspace", "no_run"])
      let facts = try await fixture.store.status(now: Self.now.adding(hours: 1))
      #expect(facts.firingSince == [.noRun: at("10:00"), .defaultWorkspace: Self.now])
      #expect(try await record([Self.over], in: fixture.store) == [Self.over])
      #expect(try await record([Self.over], in: fixture.store).isEmpty)
    }
  }

  @Test("An alert that the database has no row of gets one when it fires")
  func newName() async throws {
    try await withStore { fixture in
      try await fixture.pool.run("DELETE FROM sync_alerts")
      #expect(try await record([Self.firing], in: fixture.store) == [Self.firing])
      #expect(try await fixture.store.alertRecords() == [.noRun: AlertRecord()])
      #expect(try await fixture.store.claim(Self.firing, after: 0) == 1)
    }
  }

  @Test("Of many who set out to tell one may, until it is told; then its end may be told, by one again")
  func claims() async throws {
    try await withStore { fixture in
      let store = fixture.store
      func claims(_ alert: Alert) async throws -> [Int64] {
        let seen = try await store.alertRecords()[alert.name]?.claim ?? 0
        return try await withThrowingTaskGroup(of: Int64?.self) { group in
          for _ in 0..<8 { group.addTask { try await store.claim(alert, after: seen) } }
          return try await group.reduce(into: []) { claims, claim in claims += claim.map { [$0] } ?? [] }
        }
      }
      #expect(try await claims(Self.firing).isEmpty, "it does not fire")
      _ = try await record([Self.firing], in: store)
      #expect(try await claims(Self.firing) == [1])
      #expect(try await claims(Self.firing).isEmpty, "it is claimed")
      try await store.settle(.noRun, claim: 1, isToldFiring: true)
      #expect(try await store.alertRecords()[.noRun] == AlertRecord(isToldFiring: true, claim: 1))
      #expect(try await claims(Self.firing).isEmpty, "it is told")
      _ = try await record([Self.over], in: store)
      #expect(try await claims(Self.over) == [2])
    }
  }

  @Test(
    "Whoever set out to tell and died loses it after half a minute, and changes nothing when it lives after all"
  )
  func lostClaims() async throws {
    try await withStore { fixture in
      let store = fixture.store
      _ = try await record([Self.firing], in: store)
      #expect(try await store.claim(Self.firing, after: 0) == 1)
      let left = try #require(try await store.alertRecords()[.noRun]?.claimedFor)
      #expect((1...30_001).contains(left))
      #expect(try await store.claim(Self.firing, after: 1) == nil)
      try await expire(fixture)
      #expect(try await store.alertRecords()[.noRun] == AlertRecord(isToldFiring: nil, claim: 1))
      #expect(try await store.claim(Self.firing, after: 0) == nil, "a look that is older than the claim")
      #expect(try await store.claim(Self.firing, after: 1) == 2)
      try await store.settle(.noRun, claim: 1, isToldFiring: true)
      let kept = try #require(try await store.alertRecords()[.noRun])
      #expect(kept.isToldFiring == nil && kept.claim == 2 && kept.claimedFor > 0)
      // Nobody took it: the next may try at once.
      try await store.settle(.noRun, claim: 2, isToldFiring: false)
      #expect(try await store.alertRecords()[.noRun] == AlertRecord(claim: 2))
      #expect(try await store.claim(Self.firing, after: 2) == 3)
      // It ended meanwhile; that it fired was told all the same.
      _ = try await record([Self.over], in: store)
      for _ in 0..<2 { try await store.settle(.noRun, claim: 3, isToldFiring: true) }
      #expect(try await store.alertRecords()[.noRun] == AlertRecord(isToldFiring: true, claim: 3))
      #expect(try await store.claim(Self.over, after: 3) == 4)
      // Nobody knows whether that was heard, so it is told again, and would be, if it fired again.
      try await store.settle(.noRun, claim: 4, isToldFiring: nil)
      #expect(try await store.claim(Self.over, after: 4) == 5)
      try await store.settle(.noRun, claim: 5, isToldFiring: nil)
      _ = try await record([Self.firing], in: store)
      #expect(try await store.claim(Self.firing, after: 5) == 6)
    }
  }

  @Test(
    "An alert since a time that is none counts as not firing: its end is told, and so is the next time it fires",
    arguments: OddTimesTests.times, [true, false])
  func oddTimes(time: String, firesMeanwhile: Bool) async throws {
    try await withStore { fixture in
      let store = fixture.store
      try await fixture.pool.run(
        "UPDATE sync_alerts SET firing_since = '\(time)', told_firing = true, claim = 6 WHERE name = 'no_run'"
      )
      if firesMeanwhile {
        #expect(try await record([Self.firing], in: store) == [Self.firing])
        #expect(try await store.status(now: Self.now).firingSince == [.noRun: at("10:00")])
        #expect(try await record([Self.over], in: store) == [Self.over])
      }
      #expect(try await record([Self.over], in: store).isEmpty)
      #expect(try await store.claim(Self.firing, after: 6) == nil, "it does not fire")
      #expect(try await store.claim(Self.over, after: 6) == 7)
      try await store.settle(.noRun, claim: 7, isToldFiring: false)
      #expect(try await record([Self.firing], in: store) == [Self.firing])
      #expect(try await record([Self.firing], in: store).isEmpty)
      #expect(try await store.claim(Self.firing, after: 7) == 8)
    }
  }

  @Test("A change whose connection ends before any of its answers is given again rather than lost")
  func cutOff() async throws {
    try await withStore { fixture in
      let cutter = try fixture.database.cutter()
      let store = CallStore(pool: fixture.database.pool(through: cutter), defaultWorkspace: WorkspaceID(1))
      var isFiring = false
      for count in 0...3 {
        isFiring.toggle()
        let told = Mutex(0)
        let alert = Self.alert(.noRun, firing: isFiring)
        cutter.cut(afterStatements: count, forGood: true)
        let error = await #expect(throws: RunFailure.self) {
          try await store.record([alert], now: Self.now) { alerts in told.withLock { $0 += alerts.count } }
        }
        try #require(cutter.mend() && error?.kind == .database(.unreachable))
        // A pooler hangs up before the server has done what it was sent.
        let working = "state <> 'idle' AND datname = current_database() AND pid <> pg_backend_pid()"
        while try await fixture.pool.line("SELECT count(*) FROM pg_stat_activity WHERE \(working)") != "0" {
          try await Task.sleep(for: .milliseconds(2))
        }
        let after = try await record([alert], in: fixture.store).count
        #expect(told.withLock(\.self) + after >= 1, "cut after \(count) statements")
      }
      cutter.close()
    }
  }

  @Test(
    "An alert that fires when the database is upgraded counts as told; an upgrade that is repeated changes nothing"
  )
  func upgrade() async throws {
    try await withStore { fixture in
      let owner = fixture.pool
      try await owner.run(
        "ALTER TABLE sync_alerts DROP COLUMN told_firing, DROP COLUMN claim, DROP COLUMN claimed_until",
        "DELETE FROM schema_migrations WHERE name = 'alert tellings'",
        "UPDATE sync_alerts SET firing_since = now() WHERE name = 'no_run'")
      // This program notes nothing there before, which would count as told.
      let early = await #expect(throws: RunFailure.self) {
        try await record([Self.alert(.noCalls)], in: fixture.store)
      }
      #expect(early?.kind == .database(.oldSchema))
      let migrated = try await makeMigrator(owner).run()
      #expect(migrated.count == 1)
      let told = "SELECT name FROM sync_alerts WHERE told_firing"
      #expect(try await owner.lines(told) == ["no_run"])
      try await owner.run(
        "DELETE FROM schema_migrations WHERE name = 'alert tellings'",
        "UPDATE sync_alerts SET firing_since = now() WHERE name = 'no_calls'")
      #expect(try await makeMigrator(owner).run() == migrated)
      #expect(try await owner.lines(told) == ["no_run"])
    }
  }
}
