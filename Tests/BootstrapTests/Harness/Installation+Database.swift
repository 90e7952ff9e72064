import Postgres
import TestSupport
import Testing

extension Installation {
  /// Does one statement as an administrator.
  func sql(_ statement: String) async throws {
    _ = try await pool.repeatable(PostgresStatement(statement))
  }

  /// The first column of what a query gives.
  func column(_ query: String) async throws -> [String?] {
    let result = try await pool.repeatable(PostgresStatement(query))
    var values: [String?] = []
    for row in result.rows { values.append(try row.text(0)) }
    return values
  }

  /// The one value that a query gives, nil for NULL.
  func value(_ query: String) async throws -> String? {
    try await column(query).first ?? nil
  }

  /// Runs `migrate` as the tables' owner, and lets the service at them.
  func migrate() async throws {
    let address = TestCluster.url(cluster, database.name, role: TestCluster.owner)
    let migration = try await run("migrate", changes: ["DATABASE_URL": address])
    #expect(migration.status == 0)
    try await TestCluster.permitService(database.conninfo)
  }

  /// How many calls are stored.
  func storedCalls() async throws -> Int {
    try await Int(value("SELECT count(*) FROM calls") ?? "") ?? -1
  }

  /// Up to where hourly runs have taken in the log; nil before the first.
  func coveredUntil() async throws -> String? {
    try await value("SELECT covered_until FROM sync_state")
  }

  /// Whether more is taken in than what lay before the first run's window.
  func coverageHasMoved() async throws -> Bool {
    try await value(
      """
      SELECT covered_until > coalesce((SELECT period_start FROM sync_runs ORDER BY id LIMIT 1), '-infinity')
      FROM sync_state
      """) == "t"
  }

  /// The states of all recorded runs, oldest first.
  func runStates() async throws -> [String?] {
    try await column("SELECT state FROM sync_runs ORDER BY id")
  }

  /// Ends the service's connections, as a change of primary does.
  func cutConnections() async throws {
    try await sql(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '\(TestCluster.role)' "
        + "AND datname = current_database()")
  }
}
