import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("An adopted table becomes what one pass over all calls comes to", .keepsFailedDatabases)
struct AdoptedIntakeTests {
  @Test("After a full historical intake every row equals one pass", arguments: AdoptionTests.installations)
  func historical(_ traps: LegacyDatabase.Traps) async throws {
    try await withLegacy(traps) { adoption in
      try await adoption.migrate()
      let directory = try await adoption.directory()
      let calls = adoption.legacy.calls.map(\.current)
      var random = SeededRandom(seed: 7)
      let time = try await ContinuousClock().measure { try await adoption.takeIn(calls, random: &random) }
      print("took in \(calls.count) calls over the adopted table in \(time.milliseconds) ms")
      let outcome = plainOutcome(calls, directory: directory)
      try await compare(adoption, calls: calls, outcome)
      try await compareFacts(adoption)
      try await comparePhones(adoption, directory, outcome)
      // Twilio had nothing to add: not one row may be written again.
      let written = "SELECT md5(string_agg(id || xmin, ' ' ORDER BY id)) FROM calls"
      let before = try await adoption.pool.line(written)
      try await adoption.takeIn(calls, random: &random)
      #expect(try await adoption.pool.line(written) == before, "rows were written again")
    }
  }

  @Test("Attributing the stored calls anew equals one pass over them, and rehearsing it writes nothing")
  func reattribution() async throws {
    try await withLegacy { adoption in
      try await adoption.migrate()
      let stamps =
        """
        SELECT md5(string_agg(id || xmin || ctid || coalesce(workspace_id, 0), ' ' ORDER BY id)) FROM calls
        UNION ALL SELECT md5(string_agg(id || ' ' || xmin || ctid, ' ' ORDER BY id)) FROM workspace_phones
        UNION ALL SELECT md5(string_agg(call_id || xmin, ' ' ORDER BY call_id)) FROM unsettled_calls
        """
      let before = try await adoption.pool.lines(stamps)
      let directory = try await adoption.directory()
      let rehearsal = try await reattribute(adoption, isRehearsal: true)
      #expect(try await adoption.pool.lines(stamps) == before)
      let run = try await reattribute(adoption, isRehearsal: false)
      #expect(run.calls.count == adoption.legacy.calls.count { $0.stored.attributionCase != nil })
      #expect(!rehearsal.moves.isEmpty && !run.moves.isEmpty)
      try await compare(adoption, calls: run.calls, plainOutcome(run.calls, directory: directory))
      #expect(try await reattribute(adoption, isRehearsal: false).moves.isEmpty)
    }
  }

  private func reattribute(
    _ adoption: Adoption, isRehearsal: Bool
  ) async throws -> (calls: [Call], moves: [CallMove]) {
    let store = try await adoption.serviceStore()
    let fence = try await store.begin(.reattribute, requestedBy: "test", now: LegacyDatabase.now)
    var all: [Call] = []
    var moves: [CallMove] = []
    while true {
      let batch = try await store.storedCalls(after: all.last?.sid, since: nil, limit: 1000)
      if batch.isEmpty { break }
      all += batch
      let page = IntakePage(
        calls: batch, readAt: LegacyDatabase.now, isReread: true, isRehearsal: isRehearsal)
      moves += try await store.commit(page, fence: fence).moves
    }
    try await store.finish(
      SyncRun(
        id: fence.run, kind: .reattribute, state: .succeeded, startedAt: LegacyDatabase.now,
        requestedBy: "test"),
      fence: fence)
    return (all, moves)
  }
}

// MARK: - Comparison

extension AdoptedIntakeTests {
  // Rows of directions that are not stored stay as the older program wrote them.
  private func compare(_ adoption: Adoption, calls: [Call], _ outcome: PlainModel.Outcome) async throws {
    let expected = adoption.legacy.calls.map { call in
      let row = outcome.rows[call.stored.sid]
      let workspace = row.map { $0.workspace.number } ?? call.workspace
      return [
        call.stored.sid.text, workspace.map { "\($0)" } ?? "-", row?.phoneNumber ?? "-",
        row?.leadNumber ?? "-",
      ].joined(separator: "|")
    }
    expectSame(
      try await adoption.pool.lines(
        """
        SELECT concat_ws('|', id, coalesce(workspace_id::text, '-'), coalesce(phone_number, '-'),
          coalesce(lead_number, '-')) FROM calls WHERE source = 'twilio'
        """), expected, "attribution")
  }

  private func compareFacts(_ adoption: Adoption) async throws {
    let stored = adoption.legacy.calls.filter { $0.shape != .inbound }
    let isNarrow = adoption.legacy.traps.hasViewOnCost
    let lines = stored.map { call in
      let now = call.current
      // An unanswered call keeps the older program's time where Twilio has none but its creation.
      let cost = isNarrow ? nil : now.price?.magnitude
      return [
        now.sid.text, now.status?.text, now.callDate.map { "\($0.milliseconds)" },
        now.endTime.map { "\($0.milliseconds)" }, cost, now.direction?.text,
      ].map { $0 ?? "-" }.joined(separator: "|")
    }
    expectSame(
      try await adoption.pool.lines(
        """
        SELECT concat_ws('|', id, status, (extract(epoch FROM call_date) * 1000)::bigint,
          coalesce((extract(epoch FROM ended_at) * 1000)::bigint::text, '-'),
          coalesce(CASE WHEN $1::boolean THEN NULL ELSE cost::text END, '-'), direction)
        FROM calls WHERE source = 'twilio' AND direction <> 'inbound'
        """, [.bool(isNarrow)]), lines, "facts")
    let keys = try await adoption.pool.line(
      """
      SELECT count(*) FROM calls WHERE source = 'twilio' AND raw_data->'crm'->>'note' = 'ñ ' || id
      """)
    #expect(keys == "\(adoption.legacy.calls.count { $0.bareData == nil })")
    #expect(try await adoption.pool.line("SELECT count(*) FROM unsettled_calls") == "0")
  }

  private func comparePhones(
    _ adoption: Adoption, _ before: [PhoneRow], _ outcome: PlainModel.Outcome
  ) async throws {
    var expected = before.map { row in
      let isAdopted = outcome.adoptedRows.contains { $0.first == row.id }
      return "\(row.id) \(isAdopted ? 1 : row.workspace?.number ?? -1) \(row.number)"
    }
    expected += outcome.createdPhones.map { "new 1 \($0)" }
    let last = before.map(\.id).max() ?? 0
    expectSame(
      try await adoption.directory().map { row in
        "\(row.id > last ? "new" : "\(row.id)") \(row.workspace?.number ?? -1) \(row.number)"
      }, expected, "phones")
    #expect(outcome.createdPhones == [LegacyDatabase.own(16), LegacyDatabase.own(17)])
    #expect(outcome.adoptedRows.count == 2)
  }
}
