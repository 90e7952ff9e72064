import Foundation
import TestSupport
import Testing

@Suite("A database that means no good, before the whole program", .timeLimit(.minutes(3)))
struct HostileDatabaseTests {
  // Some ten seconds of computing, for which no call of libpq lets itself be interrupted.
  @Test("A stop while libpq computes for it ends the program in order", arguments: ["hourly", "serve"])
  func stop(command: String) async throws {
    let server = try HostileServer.demanding(rounds: 20_000_000)
    try await withInstallation { installation in
      let program = try installation.start(command, changes: ["DATABASE_URL": address(of: server)])
      for await _ in server.arrivals { break }
      program.send(SIGTERM)
      let status = try await program.exitStatus()
      #expect(status == (command == "serve" ? 0 : 143))
    }
  }

  @Test("Rows without end fail a run with a sentence, and doctor finds them")
  func rows() async throws {
    let row = PostgresReply.message("D", [0, 1, 0, 0, 0, 1, 49])
    let server = try HostileServer.repeating(row)
    try await withInstallation { installation in
      for command in ["hourly", "doctor"] {
        let ended = try await installation.run(command, changes: ["DATABASE_URL": address(of: server)])
        #expect(ended.status == 1)
        #expect((ended.output + ended.errors).contains("respondió con más datos"), "\(ended.errors)")
      }
    }
  }

  private func address(of server: RawServer) -> String {
    "host=127.0.0.1 port=\(server.port) user=u password=p dbname=b sslmode=disable gssencmode=disable"
  }
}
