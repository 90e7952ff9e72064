import Foundation
import TestSupport
import Testing

@Suite("Secrets in what the real program shows", .timeLimit(.minutes(5)))
struct SecretsTests {
  @Test("The search that ends every test of these suites finds each secret and each lead's number")
  func searchFinds() {
    for secret in Secrets.all { #expect(!Secrets.leaks(in: "antes \(secret) después").isEmpty) }
    #expect(Secrets.leaks(in: #"{"to":"+34600123456"}"#) == ["34600123456"])
    #expect(Secrets.leaks(in: "de 0034600123456.") == ["0034600123456"])
    #expect(Secrets.leaks(in: "…456 (petición RQa34600123456a), base •••").isEmpty)
  }

  @Test(
    "A database that refuses the password, in either log format and form of address",
    arguments: ["text", "json"], [true, false])
  func refusedPassword(format: String, isURI: Bool) async throws {
    try await withInstallation { installation in
      let address = TestCluster.url(installation.cluster, installation.database.name)
      let keywords =
        "host=127.0.0.1 port=\(installation.cluster.programPort ?? 0) user=nadie password='"
        + "\(Secrets.databasePassword)' dbname=\(installation.database.name)"
      let changes: [String: String?] = [
        "LOG_FORMAT": format,
        "DATABASE_URL": isURI ? address.replacing("servicio", with: "nadie") : keywords,
      ]
      let service = try await installation.serve(changes: changes)
      let answer = try await service.sync()
      #expect(answer.status == 503)
      #expect(answer.text("error")?.contains("rechaza el usuario o la contraseña") == true)
      let command = try await installation.run("migrate", "--json", changes: changes)
      #expect(command.status == 1)
    }
  }

  @Test("Secrets that someone puts where they do not belong are not repeated")
  func misplaced() async throws {
    try await withPrograms { programs in
      let names = ["PORT", "LOG_LEVEL", "LOG_FORMAT", "TWILIO_ACCOUNT_SID", "SYNC_WINDOW_MINUTES"]
      for name in names {
        for secret in [Secrets.cron, Secrets.databasePassword, Secrets.encodedDatabasePassword] {
          let environment = ConfigurationTests.environment.changed(by: [name: secret])
          let ended = try await programs.run(["serve"], environment)
          #expect(ended.status == 2)
        }
      }
    }
  }

  @Test("An address with a password that is not encoded is a finding of doctor, and shows nothing of it")
  func splitPassword() async throws {
    try await withPrograms { programs in
      let environment = ConfigurationTests.environment.changed(by: [
        "DATABASE_URL": "postgresql://app:P4ss@palabra/99x@127.0.0.1:1/base", "LOG_LEVEL": "P4ss@palabra/99x",
      ])
      let ended = try await programs.run(["doctor"], environment)
      #expect(ended.status == 1)
      #expect(ended.output.contains("❌ configuración: DATABASE_URL no se entiende. → Codifique con %"))
      #expect(ended.output.contains("LOG_LEVEL debe ser uno de"))
      #expect(!ended.output.contains("palabra") && !ended.output.contains("P4ss"), "\(ended.output)")
    }
  }

  #if os(Linux)
    @Test("The process's title holds its arguments only")
    func title() async throws {
      try await withInstallation { installation in
        let service = try await installation.serve()
        #expect(try await service.sync().status == 200)
        let folder = "/proc/\(service.program.identifier)"
        for file in ["cmdline", "comm"] {
          installation.programs.note(try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8))
        }
        let sessions = try await installation.column(
          """
          SELECT a::text FROM pg_stat_activity a
          WHERE usename = '\(TestCluster.role)' AND datname = current_database()
          """)
        #expect(!sessions.isEmpty)
        for session in sessions { installation.programs.note(session ?? "") }
      }
    }
  #endif
}
