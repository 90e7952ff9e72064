import Foundation
package import Postgres

/// The role of `scripts/least-privilege.sql`, under which the tests run the service with `TEST_ROLE=limited`.
package enum LeastPrivilege {
  /// The role as the file calls it.
  package static let role = "twilio_sync"

  /// Whether the service is to run under it in all tests; fixtures and migrations are the owner's.
  package static let isWanted = ProcessInfo.processInfo.environment["TEST_ROLE"] == "limited"

  /// Runs the file in a migrated database, as psql does for an operator, for a role of any name.
  ///
  /// - Parameter conninfo: Of the tables' owner or a superuser.
  package static func grant(to role: String = role, in conninfo: String) async throws {
    try await psql(
      String(contentsOf: file, encoding: .utf8).replacing(Self.role, with: role), in: conninfo)
  }

  /// Runs statements one after the other, as psql does with what somebody pastes into it.
  package static func psql(
    _ script: String, in conninfo: String, stopsAtError: Bool = true
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.path
    let file = "\(folder)/\(UUID().uuidString).sql"
    try script.write(toFile: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: file) }
    try await PostgresTools().run(
      "psql", ["-X", "-q", "-v", "ON_ERROR_STOP=\(stopsAtError ? 1 : 0)", "-d", conninfo, "-f", file],
      in: folder)
  }

  private static let file = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "scripts/least-privilege.sql")
}

extension PostgresTestDatabase {
  /// The role under which the tests run the service: with `TEST_ROLE=limited` the least privileged one.
  package var serviceRole: String { LeastPrivilege.isWanted ? LeastPrivilege.role : "postgres" }

  /// A pool of that role, in a database whose tables are there for it (`permitService`); see `pool`.
  package func servicePool(
    direct: Bool = false, _ adjust: (inout PostgresConfiguration) -> Void = { _ in }
  ) -> PostgresPool {
    pool(direct: direct) { configuration in
      configuration.connectionString.replace("user=postgres", with: "user=\(serviceRole)")
      adjust(&configuration)
    }
  }

  /// Lets the service's role at the tables, once they are migrated.
  package func permitService() async throws {
    if LeastPrivilege.isWanted { try await LeastPrivilege.grant(in: conninfo) }
  }
}
