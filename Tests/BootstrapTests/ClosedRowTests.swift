import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A stored call that the table does not let change, through the whole program", .timeLimit(.minutes(5)))
struct ClosedRowTests {
  private static let own = RingAndTransfer.own
  private static let other = "+34910123457"
  private static let (ring, transfer) = (RingAndTransfer.ring, RingAndTransfer.transfer)

  /// A transfer of workspace 4 that a trigger keeps there, and a nearer call of workspace 5 that Twilio tells now.
  private func withClosedTransfer(_ body: (Installation) async throws -> Void) async throws {
    try await withInstallation { installation in
      try await RingAndTransfer.put(into: installation)
      try await installation.sql(
        """
        INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (4, '\(Self.own)'), (5, '\(Self.other)')
        """)
      #expect(try await installation.run("hourly").status == 0)
      try await installation.sql("UPDATE calls SET created_at = created_at - INTERVAL '1 day'")
      try await installation.sql(
        """
        CREATE FUNCTION close() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
          IF new.workspace_id <> old.workspace_id AND old.id = '\(Self.transfer)' THEN
            RAISE EXCEPTION 'month closed';
          END IF;
          RETURN new;
        END $$
        """)
      try await installation.sql(
        "CREATE TRIGGER close BEFORE UPDATE ON calls FOR EACH ROW EXECUTE FUNCTION close()")
      let end = installation.simulation.now.wholeSecond.adding(seconds: -700)
      installation.simulation.put([
        SimulatedCall(
          sid: TestCalls.sid(3), from: Self.other, to: RingAndTransfer.lead,
          life: CallLife(
            created: end.adding(seconds: -62), dialled: end.adding(seconds: -61),
            answered: end.adding(seconds: -60), ended: end, priced: end.adding(seconds: 5)),
          price: "-0.05600")
      ])
      try await body(installation)
    }
  }

  private func workspaces(_ installation: Installation) async throws -> [String?] {
    try await installation.column("SELECT workspace_id::text FROM calls ORDER BY id")
  }

  private func expectWarning(_ ended: Programs.Ended) {
    let warning =
      "⚠️ La base de datos no deja cambiar llamadas guardadas (SQLSTATE P0001): 1; la primera, \(Self.transfer). "
      + "Quedan como estaban, en su workspace. Corrija la tabla y ejecute «twilio-sync reattribute»"
    let lines = ended.errors.split(separator: "\n").filter { $0 == warning }
    #expect(ended.status == 0 && lines.count == 1, "\(ended.errors)")
  }

  @Test(
    "Runs of every kind store and move all the rest, however often; the counts are right, a warning says why")
  func everyRun() async throws {
    try await withClosedTransfer { installation in
      let covered = try await installation.coveredUntil()
      for command in ["hourly", "hourly", "reattribute", "historical"] {
        let run = try await installation.run(command, "--json")
        expectWarning(run)
        let result = JSONText(run.output)
        #expect(result.integer("totalCalls") == 3 && result.integer("savedCalls") == 3, "\(run.output)")
        #expect(result.integer("refusedCalls") == 0 && result.integer("reattributedCalls") == 0)
        #expect(result.integer("case3Count") == 1 && result.integer("unmatchedCalls") == 0)
        #expect(try await workspaces(installation) == ["4", "4", "5"])
      }
      #expect(try await installation.coveredUntil() != covered)

      for _ in 0..<2 {
        let run = try await installation.run("phones", "assign", Self.own, "5", "--past", "--json")
        #expect(run.status == 0, "\(run.errors)")
      }
      #expect(try await workspaces(installation) == ["5", "4", "5"])
      #expect(try await installation.value("SELECT count(*) FROM refused_calls") == "0")
      #expect(
        try await installation.column("SELECT DISTINCT call_id FROM call_moves") == [Self.ring])

      try await installation.sql("DROP TRIGGER close ON calls")
      #expect(try await installation.run("reattribute").status == 0)
      #expect(try await workspaces(installation) == ["5", "5", "5"])
    }
  }
}
