import Foundation
import Postgres
import TestSupport

/// PostgreSQL servers as an operator has them: reached over TCP, with a password, by a role that owns the
/// tables and nothing else; with `TEST_ROLE=limited` by one to whom the tables' owner has given the least.
enum TestCluster {
  static let role = "servicio"
  /// Who migrates and owns the tables.
  static let owner = LeastPrivilege.isWanted ? "propietario" : role

  /// The cluster of all tests that do not stop it.
  static func shared() async throws -> PostgresCluster { try await task.value }

  private static let task = Task { try await make() }

  /// A cluster of the test's own, to be stopped and started; remove it at the end.
  ///
  /// - Parameter settings: Lines of `postgresql.conf`.
  static func make(settings: [String] = []) async throws -> PostgresCluster {
    // A crash must lose nothing that was committed.
    let cluster = try await PostgresCluster(withTCP: true, settings: ["synchronous_commit = on"] + settings)
    let password = Secrets.databasePassword.replacing("'", with: "''")
    for name in Set([role, owner]) {
      try await administer(cluster.conninfo(), ["CREATE ROLE \(name) LOGIN PASSWORD '\(password)'"])
    }
    return cluster
  }

  /// A database that `twilio-sync migrate` has prepared.
  static let migrated = PostgresTemplate("migrated") { conninfo in
    try await grant(conninfo, to: owner)
    let address = conninfo.split(separator: " ").filter { !$0.hasPrefix("user=") }.joined(separator: " ")
    // Not `withPrograms`: whoever asks for a database holds a slot already. Over the Unix socket no
    // password is asked for.
    let programs = Programs()
    let ended = try await programs.run(["migrate"], ["DATABASE_URL": "\(address) user=\(owner)"])
    guard ended.status == 0 else { throw ProgramFailure(description: ended.output + ended.errors) }
    try await permitService(conninfo)
  }

  /// Lets the service's role at the tables that the owner has migrated.
  static func permitService(_ conninfo: String) async throws {
    if LeastPrivilege.isWanted { try await LeastPrivilege.grant(to: role, in: conninfo) }
  }

  /// An empty database in which the role may create tables.
  static let empty = PostgresTemplate("empty") { try await grant($0, to: role) }

  /// The connection string of the service's role: to the server, or with `TEST_PGBOUNCER` to the pooler.
  static func url(
    _ cluster: PostgresCluster, _ database: String, role: String = role, port: Int? = nil
  ) -> String {
    let password = Secrets.encodedDatabasePassword
    return "postgresql://\(role):\(password)@127.0.0.1:\(port ?? cluster.programPort ?? 0)/\(database)"
  }

  /// The same in the encoding of a Western Europe of the past.
  static let latin = PostgresTemplate("latin", encoding: "LATIN1") { try await grant($0, to: owner) }

  private static func grant(_ conninfo: String, to role: String) async throws {
    try await administer(conninfo, ["GRANT ALL ON SCHEMA public TO \(role)"])
  }

  private static func administer(_ conninfo: String, _ statements: [String]) async throws {
    let pool = PostgresPool(PostgresConfiguration(conninfo))
    let result = await Result {
      for statement in statements { _ = try await pool.repeatable(PostgresStatement(statement)) }
    }
    await pool.close()
    try result.get()
  }
}
