import Foundation
import Postgres
import Synchronization
import Testing

extension PostgresCluster {
  private static let counter = Atomic(0)

  /// A database of the test's own, cloned from a template or empty. The caller drops it, or lets
  /// `withDatabase` do so.
  package func database(template: PostgresTemplate? = nil) async throws -> PostgresTestDatabase {
    if PostgresBouncer.isWanted { _ = try await bouncer() }
    let number = Self.counter.add(1, ordering: .relaxed).newValue
    var source = "template1"
    if let template { source = try await templates.database(of: template, on: self) }
    let name = "test_\(number)"
    try await create(name, from: source)
    return PostgresTestDatabase(cluster: self, name: name)
  }

  /// A database that begins as a copy of another, whose connections are ended.
  package func database(copying other: PostgresTestDatabase) async throws -> PostgresTestDatabase {
    let name = "test_\(Self.counter.add(1, ordering: .relaxed).newValue)"
    await other.closePools()
    try await administration.withConnection { connection in
      _ = try await connection.query(
        PostgresStatement(
          "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1",
          [.text(other.name)]))
    }
    try await create(name, from: other.name)
    return PostgresTestDatabase(cluster: self, name: name)
  }

  /// Runs `body` with a database of its own. It is dropped afterwards, unless `body` threw or the test
  /// has failed in another way that `keepsFailedDatabases` has seen: then it is kept and its address printed.
  package func withDatabase<Value: Sendable>(
    template: PostgresTemplate? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresTestDatabase) async throws -> Value
  ) async throws -> Value {
    let database = try await database(template: template)
    do {
      let value = try await body(database)
      try await database.finish(keep: PostgresFailedTests.containsCurrent)
      return value
    } catch {
      try await database.finish(keep: true)
      throw error
    }
  }

  /// - Parameter encoding: Another than the source's, which then has to be `template0`.
  func create(_ database: String, from source: String, encoding: String? = nil) async throws {
    var options = encoding.map { " ENCODING '\($0)' LC_COLLATE 'C' LC_CTYPE 'C'" } ?? ""
    // Copying files costs a fraction of writing each page into the log, the default since 15. Before, it was the only
    // way.
    if try version >= 15 { options += " STRATEGY file_copy" }
    let statement = PostgresStatement("CREATE DATABASE \(database) TEMPLATE \(source)\(options)")
    try await administration.withConnection { connection in
      _ = try await connection.query(statement)
    }
  }

  /// Whether the server has this library; that of some wheels of PyPI comes without the contributed ones.
  package func brings(_ library: String) async throws -> Bool {
    try await administration.withConnection { connection in
      do {
        _ = try await connection.query(PostgresStatement("LOAD '\(library)'"))
        return true
      } catch let error as PostgresError where error.sqlstate == "58P01" {
        return false
      }
    }
  }

  /// The server's major version.
  private var version: Int {
    get throws {
      let file = try String(contentsOfFile: "\(directory)/data/PG_VERSION", encoding: .utf8)
      return try #require(Int(file.prefix(while: \.isNumber)))
    }
  }

  func drop(_ database: String) async throws {
    try await administration.withConnection { connection in
      _ = try await connection.query(PostgresStatement("DROP DATABASE \(database) WITH (FORCE)"))
    }
  }
}
