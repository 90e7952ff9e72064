import Foundation
import TestSupport
import Testing

@Suite("A database beyond this machine without encryption", .timeLimit(.minutes(5)))
struct DatabaseEncryptionTests {
  static let warning = "⚠️ La conexión con la base de datos cruza la red sin exigir cifrado (sslmode=prefer)"
  // Reserved for documentation (RFC 5737): nobody is there.
  static let remote = "postgresql://u:\(Secrets.encodedDatabasePassword)@192.0.2.1/base?connect_timeout=1"

  @Test(
    "Every command that uses the database warns at its start",
    arguments: ["serve", "hourly", "historical", "reattribute", "migrate"], ["text", "json"])
  func warns(command: String, format: String) async throws {
    try await withPrograms { programs in
      let environment = ConfigurationTests.environment.changed(by: [
        "DATABASE_URL": Self.remote, "LOG_FORMAT": format,
      ])
      let program = try programs.start([command], environment)
      _ = try await program.line(containing: format == "json" ? #""database_not_encrypted""# : Self.warning)
    }
  }

  @Test(
    "Variables and a service file count as they do for libpq",
    arguments: [
      (["PGHOST": "192.0.2.1"], true), (["PGHOST": "192.0.2.1", "PGSSLMODE": "require"], false),
      (["PGHOSTADDR": "192.0.2.1"], true), (["PGHOST": "127.0.0.1"], false),
      (["PGSERVICE": "plain"], true), (["PGSERVICE": "safe"], false),
      (["DATABASE_URL": "service=plain"], true), (["DATABASE_URL": "service=safe"], false),
      (["DATABASE_URL": "service=plain", "PGSSLMODE": "require"], false),
      (["DATABASE_URL": "service=safe sslmode=prefer"], true),
    ])
  func environment(variables: [String: String], warns: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "services-\(UUID())")
    let services = "[plain]\nhost=192.0.2.1\n[safe]\nhost=192.0.2.1\nsslmode=require\n"
    try Data(services.utf8).write(to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await withPrograms { programs in
      let changes: [String: String?] = [
        "DATABASE_URL": nil, "PGPORT": "1", "PGSERVICEFILE": folder.path, "PGCONNECT_TIMEOUT": "1",
      ]
      let environment = ConfigurationTests.environment.changed(by: changes).merging(variables) { $1 }
      let program = try programs.start(["serve"], environment)
      // Its warnings come before this line.
      _ = try await program.line(containing: "escucha en")
      #expect(program.output.contains(Self.warning) == warns)
    }
  }

  @Test("With --json the warning goes to standard error, and the result alone to standard output")
  func jsonResult() async throws {
    try await withPrograms { programs in
      let environment = ConfigurationTests.environment.changed(by: ["DATABASE_URL": Self.remote])
      let ended = try await programs.run(["hourly", "--json"], environment)
      #expect(ended.status == 1)
      #expect(ended.errors.contains(Self.warning))
      #expect(JSONText(ended.output).text("error") != nil)
    }
  }
}
