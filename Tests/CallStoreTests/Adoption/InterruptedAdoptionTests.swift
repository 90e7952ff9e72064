import CallDomain
import CallStore
import Foundation
import Postgres
import TestSupport
import Testing

@Suite("A migration that is cut off is simply repeated", .keepsFailedDatabases)
struct InterruptedAdoptionTests {
  /// When to kill: a query that turns true.
  static let moments = [
    "SELECT to_regclass('schema_migrations') IS NOT NULL",
    "SELECT count(*) > 0 FROM sync_leases WHERE kind = 'migrate' AND expires_at > now()",
    "SELECT count(*) > 0 FROM pg_attribute WHERE attrelid = 'calls'::regclass AND attname = 'lead_number'",
    "SELECT to_regclass('sync_runs') IS NOT NULL",
    "SELECT count(*) > 0 FROM schema_migrations WHERE version = 4",
    "SELECT EXISTS (SELECT FROM calls WHERE effective_at IS NOT NULL)",
    "SELECT count(*) > 1500 FROM calls WHERE effective_at IS NOT NULL",
    "SELECT to_regclass('calls_related') IS NOT NULL",
    "SELECT count(*) > 0 FROM schema_migrations WHERE version = 6",
  ]

  @Test("Killed at every step, one after the other, it ends in the same state as in one go")
  func killedProcess() async throws {
    try await withLegacy { undisturbed in
      #expect(try await MigrateProcess(on: undisturbed.database.programConninfo).end() == 0)
      let expected = try await AdoptedState(of: undisturbed.pool)
      try await withLegacy { adoption in
        let before = try await LegacySnapshot(of: adoption.pool)
        var kills = 0
        for moment in Self.moments where try await isKilled(adoption, when: moment) { kills += 1 }
        print("killed \(kills) times")
        #expect(kills >= Self.moments.count / 2)
        let last = try MigrateProcess(on: adoption.database.programConninfo)
        #expect(await last.end() == 0)
        let found = try await AdoptedState(of: adoption.pool)
        expectSame(found.lines, expected.lines, "state")
        let after = try await LegacySnapshot(of: adoption.pool)
        #expect(after.tables == before.tables)
      }
    }
  }

  // Its lease would keep the next one out for 90 seconds: they pass at once here.
  private func isKilled(_ adoption: Adoption, when moment: String) async throws -> Bool {
    let process = try MigrateProcess(on: adoption.database.programConninfo)
    while process.status == nil {
      // A table that is not there yet is a moment that has not come.
      if let answer = try? await adoption.pool.line(moment), answer == "t" { process.kill() }
    }
    let status = await process.end()
    if try await adoption.pool.line("SELECT to_regclass('sync_leases') IS NOT NULL") == "t" {
      try await adoption.pool.run("UPDATE sync_leases SET expires_at = '-infinity'")
    }
    return status == 128 + SIGKILL
  }

  @Test("An index that was left invalid is dropped and built again")
  func invalidIndex() async throws {
    try await withLegacy { adoption in
      let isReading = Signal()
      let mayEnd = Signal()
      // CREATE INDEX CONCURRENTLY waits for every older snapshot.
      async let reading: Void = adoption.pool.withTransaction { transaction in
        _ = try await transaction.query(PostgresStatement("SELECT count(*) FROM twilio_snapshots"))
        isReading.raise()
        await mayEnd.wait()
      }
      await isReading.wait()
      _ = try await adoption.pool.repeatable(PostgresStatement("SELECT 1"))
      async let terminating: Void = terminateBuild(adoption)
      let failure = await #expect(throws: RunFailure.self) {
        try await makeAdopter(adoption.database.pool()).run()
      }
      #expect(failure?.kind == .database(.unreachable))
      try await terminating
      let invalid = "SELECT count(*) FROM pg_index WHERE indrelid = 'calls'::regclass AND NOT indisvalid"
      #expect(try await adoption.pool.line(invalid) == "1")
      mayEnd.raise()
      try await reading
      try await adoption.migrate()
      #expect(try await adoption.pool.line(invalid) == "0")
      #expect(try await adoption.pool.line("SELECT to_regclass('calls_related')") == "calls_related")
    }
  }

  // Until an invalid index is there, whose build then waits for the reader.
  private func terminateBuild(_ adoption: Adoption) async throws {
    let watcher = adoption.database.pool(direct: true)
    while try await watcher.line(
      """
      SELECT count(pg_terminate_backend(a.pid)) > 0 FROM pg_stat_activity a
      WHERE a.datname = current_database() AND a.query LIKE '%CREATE INDEX CONCURRENTLY%'
        AND a.pid <> pg_backend_pid() AND a.wait_event_type = 'Lock'
        AND EXISTS (SELECT FROM pg_index WHERE indrelid = 'calls'::regclass AND NOT indisvalid)
      """) != "t"
    { try await Task.sleep(for: .milliseconds(2)) }
  }
}

/// What a migrated database looks like, but for times of day.
struct AdoptedState {
  let lines: [String]

  init(of pool: PostgresPool) async throws {
    lines = try await pool.lines(
      """
      SELECT concat_ws(' ', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
        pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid AND relnamespace = 'public'::regnamespace
      LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum
      WHERE attnum > 0 AND NOT attisdropped
      UNION ALL
      SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisready) FROM pg_index
      WHERE indrelid::regclass::text NOT LIKE 'pg\\_%'
      UNION ALL
      SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      UNION ALL SELECT relname || relrowsecurity FROM pg_class WHERE relnamespace = 'public'::regnamespace
      UNION ALL SELECT version || name || oldest_program FROM schema_migrations
      UNION ALL
      SELECT md5(string_agg(concat_ws('|', id, workspace_id, source, cost, status, call_date, raw_data,
        direction, ended_at, price_unit, phone_number, lead_number, effective_at), ' ' ORDER BY id)) FROM calls
      UNION ALL SELECT concat_ws(' ', id, name, phone_number) FROM workspaces
      UNION ALL
      SELECT concat_ws(' ', count(*), md5(string_agg(call_id || call_date, ' ' ORDER BY call_id)))
      FROM unsettled_calls
      """)
  }
}
