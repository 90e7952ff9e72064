package import CallDomain
import Postgres

extension CallStore {
  /// Looks over the tables for what a person should know; reads all of `calls`, so not for every minute.
  package func inspect() async throws(RunFailure) -> Inspection {
    try await operation {
      var inspection = Inspection()
      let phones = try PhoneDirectoryQuery.rows(await database.repeatable(PhoneDirectoryQuery.statement))
      inspection.listedNumbers = phones.count { $0.workspace != nil }
      inspection.assignedNumbers = phones.count {
        $0.workspace != nil && ($0.workspace != defaultWorkspace || $0.isPrimary)
      }
      inspection.spellings = PhoneSpelling.all(
        in: phones, defaultWorkspace: defaultWorkspace,
        brought: try await brought(PhoneSpelling.doubtful(in: phones)))
      let facts = try DirectoryQuery.facts(
        phones, await database.repeatable(ListedCallQuery.workspaces))
      inspection.unlisted = facts.unlisted
      inspection.shared = facts.phones(defaultWorkspace: defaultWorkspace).filter {
        $0.odd.contains(.severalWorkspaces)
      }
      inspection.phonesWithoutWorkspace = phones.count { $0.workspace == nil }
      try await countCallsBeforeEdits(of: phones, into: &inspection)
      inspection.misfits = try TableFit.read(await database.repeatable(TableFit.misfits))
      let views = try await database.repeatable(PostgresStatement("SELECT \(BillingViews.areCurrent)"))
      inspection.hasViews = try views.rows.first?.requiredBool(0) ?? false
      try await readSnapshots(into: &inspection)
      inspection.encoding = try await database.repeatable(TableFit.encoding).rows.first?.text(0)
      let clock = try await database.repeatable(
        PostgresStatement("SELECT \(SQL.milliseconds("clock_timestamp()"))"))
      inspection.databaseTime = try clock.rows.first?.moment(0)
      return inspection
    }
  }

  private func countCallsBeforeEdits(of phones: [PhoneRow], into inspection: inout Inspection) async throws {
    let directory = PhoneDirectory(rows: phones, defaultWorkspace: defaultWorkspace)
    let result = try await database.repeatable(
      PostgresStatement(
        """
        SELECT phone_number, workspace_id::bigint, count(*) FROM calls c
        WHERE \(SQL.isOfCase("c")) AND phone_number IS NOT NULL GROUP BY 1, 2
        """), within: .seconds(120))
    for row in result.rows {
      guard let number = try row.number(0),
        try row.workspace(1) != directory.workspace(of: number) ?? defaultWorkspace
      else { continue }
      inspection.callsBeforeEdits = try inspection.callsBeforeEdits.addingClamped(row.count(2))
    }
  }

  /// The older system's hourly sums, if they are there and the role in use sees all of them.
  private func readSnapshots(into inspection: inout Inspection) async throws {
    let known = try await database.repeatable(
      PostgresStatement(
        """
        SELECT FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'snapshot_date'
        WHERE c.oid = \(SQL.relation("'twilio_snapshots'"))
          AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
          AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        """))
    guard !known.rows.isEmpty else { return }
    let newest = SQL.milliseconds("max(\(SQL.time("snapshot_date::timestamptz")))")
    let found = try await database.repeatable(
      PostgresStatement(
        """
        SELECT \(newest), row_security_active('twilio_snapshots'::regclass) FROM twilio_snapshots
        """), within: .seconds(120))
    guard let row = found.rows.first else { return }
    let last = try row.moment(0)
    if try last != nil || !row.requiredBool(1) { inspection.snapshots = Inspection.Snapshots(last: last) }
  }

  /// Those of the numbers that calls have as their own.
  func brought(_ numbers: Set<PhoneNumber>) async throws -> Set<PhoneNumber> {
    guard !numbers.isEmpty else { return [] }
    let caller = SQL.Party.caller("c")
    let result = try await database.repeatable(
      PostgresStatement(
        """
        SELECT number FROM unnest($1::text[]) AS n (number) CROSS JOIN LATERAL (
          SELECT FROM calls c WHERE \(caller.isOne("n.number")) ORDER BY \(caller.name), c.call_date LIMIT 1) call
        """, [.textArray(numbers.map(\.canonical))]))
    return Set(try result.rows.compactMap { try $0.number(0) })
  }
}
