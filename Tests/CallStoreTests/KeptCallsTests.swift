import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

/// What closes the rows of calls that have ended by 10:00, so that none of them changes any more.
struct Closing: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let statements: [String]
  /// What the reason holds.
  let reason: String

  init(_ name: String, _ statements: String..., reason: String) {
    testDescription = name
    self.statements = statements
    self.reason = reason
  }

  private static func raising(when condition: String) -> String {
    """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF old.ended_at <= '2026-03-01T10:00:00Z' AND \(condition) THEN RAISE EXCEPTION 'month closed'; END IF;
      RETURN new;
    END $$
    """
  }

  static let workspaceTrigger = Closing(
    "a trigger of the workspace", raising(when: "new.workspace_id <> old.workspace_id"),
    "CREATE TRIGGER refuse BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION refuse()", reason: "P0001")

  static let all = [
    workspaceTrigger,
    Closing(
      "a trigger of every change", raising(when: "true"),
      "CREATE TRIGGER refuse BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION refuse()", reason: "P0001"),
    Closing(
      "a trigger at the end", raising(when: "true"),
      """
      CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON calls DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION refuse()
      """, reason: "P0001"),
    Closing(
      "a check that old rows violate",
      "ALTER TABLE calls ADD CONSTRAINT late CHECK (ended_at > '2026-03-01T10:00:00Z') NOT VALID",
      reason: "23514, late"),
  ]
}

@Suite("Stored calls that the database does not let change", .keepsFailedDatabases)
struct KeptCallsTests {
  private let ring = makeRing(makeSID(1), of: 4, endedAt: at("09:50"))
  private let transfer = makeTransfer(makeSID(100), endTime: at("10:00"))
  /// Nearer to the transfer than `ring`, and after what is closed.
  private let nearer = makeRing(makeSID(2), of: 5, endedAt: at("10:01"))

  /// Calls to leads of their own, after what is closed.
  private func rings(_ numbers: ClosedRange<Int>) -> [Call] {
    numbers.map { makeRing(makeSID($0), to: "+346000010\($0)", endedAt: at("11:00").adding(minutes: $0)) }
  }

  /// Stores calls before the run, and closes them.
  private func store(_ calls: [Call], _ closing: Closing, in fixture: StoreFixture) async throws {
    try await fixture.commit(calls)
    try await fixture.age()
    for sql in closing.statements { try await fixture.pool.run(sql) }
  }

  /// That nothing says of a stored call that it was set aside, or went elsewhere.
  private func expectNoTrace(in fixture: StoreFixture) async throws {
    #expect(try await fixture.pool.lines("SELECT call_id FROM refused_calls").isEmpty)
    #expect(try await fixture.pool.lines("SELECT call_id FROM call_moves").isEmpty)
  }

  @Test(
    "A transfer outside the page that refuses its new workspace stays in the old one, and the page is stored",
    arguments: Closing.all, [false, true])
  func outsideThePage(_ closing: Closing, afterNewPage: Bool) async throws {
    try await withStore { fixture in
      try await store([ring, transfer], closing, in: fixture)
      if afterNewPage { try await fixture.commit(rings(30...33)) }
      let outcome = try await fixture.commit([nearer] + rings(10...13), marks: [.coveredUntil(at("12:00"))])
      #expect(outcome.kept?.sids == [transfer.sid])
      #expect(outcome.kept?.reason.contains(closing.reason) == true, "\(String(describing: outcome.kept))")
      #expect(outcome.refused.isEmpty && outcome.missing.isEmpty && outcome.moves.isEmpty)
      #expect(outcome.changed == Set([2, 10, 11, 12, 13].map { makeSID($0) }))
      #expect(outcome.transfers.isEmpty && outcome.redecided.isEmpty)
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.decision(nearer.sid) == Decision(5, StoreFixture.own(5)))
      #expect(
        try await fixture.pool.line("SELECT covered_until = '2026-03-01T12:00:00Z' FROM sync_state") == "t")
      try await expectNoTrace(in: fixture)
    }
  }

  @Test("A transfer of the page of which nothing is new stays in its workspace", arguments: Closing.all)
  func ofThePage(_ closing: Closing) async throws {
    try await withStore { fixture in
      try await store([ring, transfer], closing, in: fixture)
      for page in [[transfer, nearer], [transfer, ring, nearer] + rings(10...13)] {
        let outcome = try await fixture.commit(page)
        #expect(outcome.kept?.sids == [transfer.sid] && outcome.refused.isEmpty && outcome.moves.isEmpty)
        #expect(outcome.transfers == [transfer.sid: true] && !outcome.changed.contains(transfer.sid))
        #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      }
      #expect(try await fixture.attributions().count == 7)
      try await expectNoTrace(in: fixture)
    }
  }

  @Test("Once the row takes its workspace, the rules applied again give it")
  func openedAgain() async throws {
    try await withStore { fixture in
      try await store([ring, transfer], .workspaceTrigger, in: fixture)
      try await fixture.commit([nearer])
      try await fixture.pool.run("DROP TRIGGER refuse ON calls")
      let outcome = try await reattribute([transfer], in: fixture)
      #expect(outcome.kept == nil && outcome.moves.count == 1)
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
    }
  }

  private func reattribute(
    _ calls: [Call], isRehearsal: Bool = false, in fixture: StoreFixture
  ) async throws -> PageOutcome {
    try await fixture.store.commit(
      IntakePage(calls: calls, readAt: at("12:00"), isReread: true, isRehearsal: isRehearsal),
      fence: fixture.fence)
  }

  @Test(
    "The rules applied again move what can be moved and keep the rest, however often; a rehearsal says so",
    arguments: Closing.all)
  func reread(_ closing: Closing) async throws {
    try await withStore { fixture in
      let open = makeRing(makeSID(3), of: 4, to: "+34600000023", endedAt: at("10:30"))
      try await store([ring, transfer, open], closing, in: fixture)
      try await fixture.pool.run(
        "UPDATE workspace_phones SET workspace_id = 5 WHERE phone_number = '\(StoreFixture.own(4))'")
      let rehearsed = try await reattribute([ring, transfer, open], isRehearsal: true, in: fixture)
      #expect(rehearsed.kept?.sids == [ring.sid, transfer.sid] && rehearsed.moves.map(\.sid) == [open.sid])
      for round in 0..<2 {
        let outcome = try await reattribute([ring, transfer, open], in: fixture)
        #expect(outcome.kept?.sids == [ring.sid, transfer.sid] && outcome.refused.isEmpty)
        #expect(outcome.moves.map(\.sid) == (round == 0 ? [open.sid] : []))
        #expect(outcome.missing.isEmpty && outcome.transfers == [transfer.sid: true])
      }
      #expect(try await fixture.decision(ring.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
      #expect(try await fixture.decision(open.sid) == Decision(5, StoreFixture.own(4)))
      #expect(try await fixture.pool.lines("SELECT call_id FROM refused_calls").isEmpty)
      #expect(try await fixture.pool.lines("SELECT call_id FROM call_moves") == [open.sid.text])
    }
  }

  @Test("A rehearsal whose transfers alone refuse their workspace says so")
  func rehearsedTransfer() async throws {
    try await withStore { fixture in
      try await store([transfer], .workspaceTrigger, in: fixture)
      try await fixture.commit([nearer])
      let outcome = try await reattribute([transfer], isRehearsal: true, in: fixture)
      #expect(outcome.kept?.sids == [transfer.sid] && outcome.moves.isEmpty)
    }
  }

  @Test(
    "A call of which Twilio says something new is set aside as before, and its row goes where its lead's calls say"
  )
  func newFacts() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer])
      try await fixture.age()
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000) NOT VALID")
      var changed = transfer
      changed.duration = 2000
      changed.dateUpdated = at("11:00")
      let outcome = try await fixture.commit([nearer, changed] + rings(10...13))
      #expect(outcome.refused.map(\.sid) == [transfer.sid] && outcome.kept == nil)
      #expect(outcome.changed.count == 6 && outcome.moves.map(\.sid) == [transfer.sid])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
    }
  }

  @Test("A closed call whose price comes is stored where its workspace stays, whatever else the page holds")
  func priceOfClosedCall() async throws {
    try await withStore { fixture in
      var unpriced = transfer
      unpriced.price = nil
      try await store([ring, unpriced], .workspaceTrigger, in: fixture)
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      var long = makeRing(makeSID(50), to: "+34600000050", endedAt: at("11:00"))
      long.duration = 2000
      var priced = transfer
      priced.price = Price("-0.02")
      priced.dateUpdated = at("11:00")
      let outcome = try await fixture.commit([priced, long])
      #expect(outcome.refused.map(\.sid) == [long.sid] && outcome.kept == nil)
      #expect(outcome.changed == [transfer.sid])
      #expect(
        try await fixture.pool.line("SELECT cost FROM calls WHERE id = '\(transfer.sid.text)'") == "0.02")
    }
  }

  @Test(
    "A closed call whose price comes when another workspace is its own has its price, and stays",
    arguments: [CallDirection.trunkingOriginating, .outboundAPI])
  func priceOfMisplacedCall(direction: CallDirection) async throws {
    try await withStore { fixture in
      var unpriced = direction == .outboundAPI ? ring : transfer
      unpriced.price = nil
      try await store(
        direction == .outboundAPI ? [unpriced] : [ring, unpriced], .workspaceTrigger, in: fixture)
      if direction == .outboundAPI {
        try await fixture.pool.run(
          "UPDATE workspace_phones SET workspace_id = 6 WHERE phone_number = '\(StoreFixture.own(4))'")
      } else {
        #expect(try await fixture.commit([nearer]).kept?.sids == [transfer.sid])
      }
      var priced = unpriced
      priced.price = Price("-0.02")
      priced.dateUpdated = at("11:00")
      let outcome = try await fixture.commit([priced])
      #expect(outcome.refused.isEmpty && outcome.kept?.sids == [priced.sid])
      #expect(outcome.changed == [priced.sid] && outcome.moves.isEmpty)
      let row = "SELECT cost || ' ' || workspace_id FROM calls WHERE id = '\(priced.sid.text)'"
      #expect(try await fixture.pool.line(row) == "0.02 4")
      #expect(try await fixture.pool.line("SELECT count(*) FROM unsettled_calls") == "0")
      // Told again or not, it is as it is.
      #expect(try await fixture.commit([priced]).refused.isEmpty)
      #expect(try await fixture.pool.line(row) == "0.02 4")
    }
  }

  @Test("A stored transfer whose new version is refused is decided anew with the rest of its page")
  func refusedAndDecidedAnew() async throws {
    try await withStore { fixture in
      try await fixture.commit([ring, transfer, nearer])
      #expect(try await fixture.decision(transfer.sid) == Decision(5, StoreFixture.own(5)))
      try await fixture.pool.run("ALTER TABLE calls ADD CONSTRAINT brief CHECK (duration < 1000)")
      var (gone, long) = (nearer, transfer)
      gone.direction = .inbound
      long.duration = 2000
      (gone.dateUpdated, long.dateUpdated) = (at("11:00"), at("11:00"))
      let outcome = try await fixture.commit([gone, long])
      #expect(outcome.refused.map(\.sid) == [transfer.sid] && outcome.kept == nil)
      #expect(try await fixture.decision(transfer.sid) == Decision(4, StoreFixture.own(4)))
    }
  }

  @Test("However many transfers a call finds closed, it is stored, and the open ones are moved")
  func many() async throws {
    try await withStore { fixture in
      func transfers(_ first: Int, _ count: Int, from start: Timestamp) -> [Call] {
        (0..<count).map { makeTransfer(makeSID(first + $0), endTime: start.adding(seconds: $0)) }
      }
      let closed = transfers(200, 150, from: at("09:00"))
      let open = transfers(400, 30, from: at("10:30"))
      try await store(closed + open, .workspaceTrigger, in: fixture)
      let outcome = try await fixture.commit([nearer])
      #expect(outcome.kept?.sids == Set(closed.map(\.sid)))
      #expect(outcome.changed == Set(open.map(\.sid)).union([nearer.sid]) && outcome.moves.count == 30)
      #expect(
        try await fixture.pool.line("SELECT count(*) FROM calls WHERE workspace_id = 1") == "150")
      #expect(
        try await fixture.pool.line("SELECT count(*) FROM calls WHERE workspace_id = 5") == "31")
      // The next page has nothing to do with them.
      #expect(try await fixture.commit(rings(10...12)).kept == nil)
    }
  }

  @Test("An unsettled call that is kept has had its turn")
  func unsettled() async throws {
    try await withStore { fixture in
      var unpriced = transfer
      unpriced.price = nil
      try await store([ring, unpriced], .workspaceTrigger, in: fixture)
      let outcome = try await fixture.commit([unpriced, nearer], readAt: at("13:00"))
      #expect(outcome.kept?.sids == [transfer.sid])
      #expect(
        try await fixture.pool.lines(
          "SELECT call_id FROM unsettled_calls WHERE asked_at = '2026-03-01T13:00:00Z'") == [
            transfer.sid.text
          ])
    }
  }
}
