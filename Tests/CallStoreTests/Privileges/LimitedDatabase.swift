import CallDomain
import CallStore
import Postgres
import TestSupport

/// A migrated database of a test's own in which `scripts/least-privilege.sql` has been run.
struct LimitedDatabase: Sendable {
  /// As superuser.
  let pool: PostgresPool
  /// As the role of the file.
  let limited: PostgresPool

  var store: CallStore { CallStore(pool: limited, defaultWorkspace: WorkspaceID(1)) }

  /// Every permission and policy that the file gives, as what is to be revoked.
  func permissions() async throws -> [String] {
    try await pool.lines(
      """
      SELECT format(
        '%s ON %s%I', a.privilege_type, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE '' END, c.relname)
      FROM pg_class c, aclexplode(c.relacl) a WHERE a.grantee = '\(LeastPrivilege.role)'::regrole
      UNION ALL SELECT format('%s (%I) ON %I', a.privilege_type, t.attname, c.relname)
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
      WHERE a.grantee = '\(LeastPrivilege.role)'::regrole
      ORDER BY 1
      """)
  }
}

/// Runs `body` with such a database.
func withLimited(
  _ template: PostgresTemplate = .limited, isolation: isolated (any Actor)? = #isolation,
  _ body: (LimitedDatabase) async throws -> Void
) async throws {
  let cluster = try await PostgresCluster.shared()
  try await cluster.withDatabase(template: template) { database in
    let limited = database.pool(direct: true) {
      $0.connectionString = cluster.conninfo(database: database.name, user: LeastPrivilege.role)
    }
    try await body(LimitedDatabase(pool: database.pool(direct: true), limited: limited))
  }
}

extension PostgresTemplate {
  /// A new database.
  static let limited = PostgresTemplate("limited") { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    try await prepare(pool)
    try await pool.run(
      // A row without a workspace, to be claimed.
      "INSERT INTO workspace_phones (workspace_id, phone_number) VALUES (NULL, '+34910000001')",
      "ALTER TABLE calls ADD CONSTRAINT not_canceled CHECK (status IS DISTINCT FROM 'canceled')",
      // What belongs to other programs.
      "CREATE TABLE twilio_snapshots (id BIGINT)", "INSERT INTO twilio_snapshots VALUES (1)",
      "INSERT INTO calls (id, workspace_id, source, status) VALUES ('conv_1', 4, 'elevenlabs', 'done')")
    await pool.close(grace: .zero)
    try await LeastPrivilege.grant(in: conninfo)
  }

  /// An adopted one, with a sequence and policies of its own.
  static let limitedLegacy = PostgresTemplate("limited_legacy") { conninfo in
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    try await LegacyDatabase(calls: 50, others: 5).create(on: pool)
    _ = try await makeMigrator(pool, now: LegacyDatabase.now).run()
    await pool.close(grace: .zero)
    try await LeastPrivilege.grant(in: conninfo)
  }
}
