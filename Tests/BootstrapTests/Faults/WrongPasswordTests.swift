import Foundation
import TestSupport
import Testing

@Suite("A database that refuses the password, before the whole program", .timeLimit(.minutes(5)))
struct WrongPasswordTests {
  /// Logins that the server has refused.
  private func refusals(_ installation: Installation) throws -> Int {
    let log = try String(contentsOfFile: "\(installation.cluster.directory)/log", encoding: .utf8)
    return log.components(separatedBy: "FATAL:  password authentication failed").count - 1
  }

  // Runs, probes, the alerts' look each minute, metrics and page all ask the database. Each login is a line of its
  // log, and some poolers shut everybody out after a few.
  @Test("However often a server is asked, it logs in a few times in half a minute, and says why each time")
  func logins() async throws {
    try await withPrivateInstallation { installation in
      let address =
        "postgresql://\(TestCluster.role):otra-clave@127.0.0.1:\(installation.cluster.tcpPort ?? 0)/"
        + installation.database.name
      let service = try await installation.serve(changes: ["DATABASE_URL": address])
      let end = ContinuousClock.now + .seconds(31)
      var rounds = 0
      // On a busy machine so many rounds take longer.
      while ContinuousClock.now < end || rounds <= 6 {
        let run = try await service.sync()
        #expect(run.status == 503 && run.body.contains("rechaza el usuario o la contraseña"), "\(run.body)")
        let ready = try await service.askOpenly("GET", "/ready")
        #expect(ready.status == 503 && ready.text("database") == "unreachable", "\(ready.body)")
        #expect(try await service.ask("GET", "/api/sync-status").status == 503)
        #expect(try await service.ask("GET", "/").status == 503)
        #expect(try await service.ask("GET", "/metrics").status == 200)
        rounds += 1
        // Several rounds a second are many enough.
        try await Task.sleep(for: .milliseconds(200))
      }
      // At once, perhaps by several who did not know of each other, after 10 seconds and after 30; then after 40 more
      // and after every 60.
      let later = Int((ContinuousClock.now - end) / .seconds(40))
      let count = try refusals(installation)
      #expect((1...(6 + later)).contains(count), "\(count) logins in \(rounds) rounds")
      #expect(try await service.end() == 0)
    }
  }
}
