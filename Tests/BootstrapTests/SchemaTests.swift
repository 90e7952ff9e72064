import Foundation
import Postgres
import TestSupport
import Testing
import TwilioSimulator

@Suite("The schema of the real program", .timeLimit(.minutes(5)))
struct SchemaTests {
  /// Runs `migrate` as the tables' owner in a schema.
  private func migrate(_ installation: Installation, schema: String?) async throws -> Programs.Ended {
    let address = TestCluster.url(installation.cluster, installation.database.name, role: TestCluster.owner)
    return try await installation.run(
      "migrate", changes: ["DATABASE_URL": address, "DATABASE_SCHEMA": schema])
  }

  private func permit(_ schema: String, _ installation: Installation) async throws {
    guard LeastPrivilege.isWanted else { return }
    try await TestCluster.permitService(
      installation.database.conninfo + " options='-c search_path=\(schema)'")
  }

  @Test("DATABASE_SCHEMA says which; without it two are a fault for /ready, doctor and runs")
  func chosen() async throws {
    try await withInstallation { installation in
      let missing = try await migrate(installation, schema: "otra")
      #expect(
        missing.status == 1 && missing.errors.contains("«CREATE SCHEMA \"otra\";»"), "\(missing.errors)")
      try await installation.sql("CREATE SCHEMA otra AUTHORIZATION \(TestCluster.owner)")
      #expect(try await migrate(installation, schema: "otra").status == 0)
      try await permit("otra", installation)
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let unclear = try await installation.serve()
      let ready = try await unclear.askOpenly("GET", "/ready")
      #expect(ready.status == 503 && ready.body.contains("\"schema\":\"unclear\""), "\(ready.body)")
      let refused = try await unclear.sync()
      #expect(refused.status == 503 && refused.body.contains("(otra, public)"), "\(refused.body)")
      let doctor = try await installation.run("doctor")
      #expect(doctor.status == 1)
      #expect(
        doctor.output.contains("(otra, public). → Ponga en DATABASE_SCHEMA el que debe usar."),
        "\(doctor.output)")
      _ = try await unclear.end()
      let hourly = try await installation.run("hourly", changes: ["DATABASE_SCHEMA": "otra"])
      #expect(hourly.status == 0, "\(hourly.output)\(hourly.errors)")
      #expect(try await installation.value("SELECT count(*) FROM otra.calls") == "3")
      #expect(try await installation.value("SELECT count(*) FROM public.calls") == "0")
      let wrong = try await installation.run("hourly", changes: ["DATABASE_SCHEMA": "\"otra\""])
      #expect(
        wrong.status == 2 && wrong.errors.contains("DATABASE_SCHEMA debe ser el nombre de un solo esquema"))
    }
  }

  @Test("What the owner is to run can be pasted into psql out of the log", arguments: ["text", "json"])
  func foreign(format: String) async throws {
    try await withInstallation(template: nil) { installation in
      let changes = ["LOG_FORMAT": format]
      let refused = try await installation.run("migrate", changes: changes)
      #expect(refused.status == 1)
      let lines = (format == "text" ? refused.errors : refused.output).split(separator: "\n").map(String.init)
      let first = lines.firstIndex { $0.contains("no puede cambiar el esquema") } ?? 0
      #expect(lines[first].contains("Ejecute esto con psql como dueño de las tablas"))
      var script = lines[first...].filter { $0.hasSuffix(";") }
      if format == "json" {
        script = try lines.map {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }.compactMap { $0["event"] as? String == "migration_sql" ? $0["sql"] as? String : nil }
      }
      #expect(script.first == "SET search_path = public;" && script.last?.hasSuffix(";") == true)
      try await LeastPrivilege.psql(script.joined(separator: "\n"), in: installation.database.conninfo)
      try await LeastPrivilege.grant(to: TestCluster.role, in: installation.database.conninfo)
      let again = try await installation.run("migrate", changes: changes)
      #expect(again.status == 1 && (again.errors + again.output).contains("INSERT INTO workspaces"))
      try await installation.sql("INSERT INTO workspaces (id, name) VALUES (1, 'Sin asignar')")
      #expect(try await installation.run("migrate", changes: changes).status == 0)
      #expect(try await installation.run("hourly", changes: changes).status == 0)
    }
  }

  @Test("A server that may not migrate says so once, and not at every attempt")
  func foreignServer() async throws {
    try await withInstallation(template: nil) { installation in
      let service = try await installation.serve(changes: ["MIGRATE_ON_START": "true"])
      _ = try await service.program.line(containing: "no puede cambiar el esquema")
      // Each attempt ends with a statement that is refused, and so with a rollback.
      let attempts = "SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database()"
      let first = Int(try await installation.value(attempts) ?? "") ?? 0
      try await eventually("it has tried twice more") {
        Int(try await installation.value(attempts) ?? "") ?? 0 >= first + 2
      }
      #expect(try await service.end() == 0)
      let told = service.program.output.components(separatedBy: "no puede cambiar el esquema").count - 1
      #expect(told == 1)
    }
  }

  @Test(
    "Behind a pooler whose sessions others had before, calls come into our tables and no others",
    arguments: [
      "SET search_path = other, public", "SET search_path = ''", "SET default_transaction_read_only = on",
      "CREATE TEMPORARY TABLE calls (LIKE public.calls INCLUDING ALL)",
      "SET ROLE stranger", "SET statement_timeout = '5min'",
    ])
  func pooled(leavings: String) async throws {
    try await withInstallation { installation in
      _ = try await installation.cluster.bouncer()
      let role = "extrano_\(installation.database.name)"
      try await installation.sql("CREATE ROLE \(role) ROLE \(TestCluster.role)")
      try await installation.sql("CREATE SCHEMA other")
      try await installation.sql("GRANT USAGE ON SCHEMA other TO \(TestCluster.role)")
      for table in try await installation.column(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'")
      {
        let name = try #require(table)
        try await installation.sql("CREATE TABLE other.\(name) (LIKE public.\(name) INCLUDING ALL)")
        try await installation.sql("GRANT ALL ON other.\(name) TO \(TestCluster.role)")
      }
      let url = TestCluster.url(
        installation.cluster, installation.database.name, port: installation.cluster.poolerPort)
      // The pooler has two sessions for the role and the database: both are had at once.
      let other = installation.database.pool(direct: true) { $0.connectionString = url }
      try await other.withConnection { first in
        try await other.withConnection { second in
          for connection in [first, second] {
            for sql in ["BEGIN", leavings.replacing("stranger", with: role)] {
              _ = try await connection.query(PostgresStatement(sql))
            }
          }
          for connection in [first, second] { _ = try await connection.query(PostgresStatement("COMMIT")) }
        }
      }
      installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
      let hourly = try await installation.run("hourly", changes: ["DATABASE_URL": url])
      #expect(hourly.status == 0, "\(hourly.output)\(hourly.errors)")
      #expect(try await installation.value("SELECT count(*) FROM public.calls") == "3")
      #expect(try await installation.value("SELECT count(*) FROM other.calls") == "0")
      #expect(try await installation.value("SELECT count(*) FROM other.sync_runs") == "0")
      #expect(
        try await installation.run("doctor", changes: ["DATABASE_URL": url]).output.contains(
          "✅ base de datos"))
    }
  }
}
