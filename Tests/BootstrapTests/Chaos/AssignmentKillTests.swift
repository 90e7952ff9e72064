import Foundation
import Postgres
import TestSupport
import Testing
import TwilioSimulator

@Suite("phones assign, killed between its commits", .timeLimit(.minutes(10)))
struct AssignmentKillTests {
  private static let own = "+34910123456"
  private static let command = ["phones", "assign", own, "4"]
  private static let page = 1000

  /// Calls of two pages that the number decides, its own and transfers of its leads, and some of another number.
  private func withCalls(_ body: (Installation) async throws -> Void) async throws {
    try await withInstallation { installation in
      try await installation.fillDirectory()
      let calls = TestCalls.settled(1500, now: installation.simulation.now).enumerated().map { index, call in
        var call = call
        switch index % 10 {
        case 0: break
        case 9:
          call.direction = "trunking-originating"
          (call.from, call.to) = (TestCalls.lead(index - 1), "sip:\(Self.own)@pbx.example")
        default: call.from = Self.own
        }
        return call
      }
      installation.simulation.put(calls)
      #expect(try await installation.run("hourly").status == 0)
      try await body(installation)
    }
  }

  /// What an assignment may change, and the ledger.
  private func state(_ installation: Installation) async throws -> [String?] {
    try await installation.column(
      """
      SELECT concat_ws(' ', 'call', id, workspace_id, phone_number, lead_number) FROM calls
      UNION ALL SELECT concat_ws(' ', 'row', phone_number, workspace_id, is_primary) FROM workspace_phones
      UNION ALL SELECT concat_ws(' ', 'move', call_id, from_workspace, to_workspace, number, cause) FROM call_moves
      ORDER BY 1
      """)
  }

  @Test("The same command ends as if nobody had disturbed it, with each move once in the ledger")
  func killed() async throws {
    var undisturbed: [String?] = []
    try await withCalls { installation in
      let ended = try await installation.programs.run(Self.command, installation.environment)
      #expect(ended.status == 0, "\(ended.errors)")
      undisturbed = try await state(installation)
    }
    try await withCalls { installation in
      // After the row, before the first page of calls; and before the second.
      for moves in [0, Self.page] {
        try await kill(installation, moves)
        #expect(try await installation.value("SELECT count(*) FROM call_moves") == "\(moves)")
        let row = "SELECT workspace_id FROM workspace_phones WHERE phone_number = '\(Self.own)'"
        #expect(try await installation.value(row) == "4")
      }
      let ended = try await installation.programs.run(Self.command, installation.environment)
      #expect(ended.status == 0, "\(ended.errors)")
      #expect(ended.output.contains("🔀 Llamadas reasignadas: 350\n"), "\(ended.output)")
      #expect(try await state(installation) == undisturbed)
      #expect(try await installation.runStates() == ["succeeded", "interrupted", "interrupted", "succeeded"])
      // Each run answers for what it moved.
      #expect(
        try await installation.column(
          "SELECT reattributed_calls FROM sync_runs WHERE kind = 'assign' ORDER BY id")
          == ["0", "1000", "350"])
    }
  }

  /// Lets an assignment come to where it writes a page of calls when so many moves stand in the ledger, and kills it.
  private func kill(_ installation: Installation, _ moves: Int) async throws {
    try await installation.sql(
      """
      CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
      BEGIN
        IF (SELECT count(*) FROM call_moves) >= \(moves) THEN PERFORM pg_advisory_xact_lock_shared(4711); END IF;
        RETURN NULL;
      END $$
      """)
    try await installation.sql(
      """
      CREATE TRIGGER hold BEFORE INSERT OR UPDATE ON calls FOR EACH STATEMENT EXECUTE FUNCTION hold()
      """)
    let lock = PostgresStatement("SELECT pg_advisory_xact_lock(4711)")
    try await installation.pool.withTransaction(opening: [lock]) { _ in
      let program = try installation.programs.start(Self.command, installation.environment)
      try await eventually("the assignment waits to write calls") {
        try await installation.waiting("wait_event = 'advisory'") || !program.isRunning
      }
      program.send(SIGKILL)
      #expect(try await program.exitStatus() == 128 + SIGKILL)
      // What the server still holds of the dead program must not go on when the lock is given back.
      try await installation.cutConnections()
      try await installation.noBackends()
    }
    try await installation.sql("DROP TRIGGER hold ON calls")
    try await installation.endLease(of: "assign")
  }
}
