import Foundation
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("Poolers that have no place, wait or mix, before the whole program", .timeLimit(.minutes(10)))
struct PoolerTests {
  private static let noPlace = PostgresReply.error(
    "XX000", "(EMAXCONNSESSION) max clients reached in session mode")

  @Test(
    "What refuses every connection is 503 with the sentence for it, and the service lives on",
    arguments: [
      ("XX000", "(EMAXCONNSESSION) max clients reached in session mode", "plazas del pooler"),
      ("XX000", "(ECHECKOUTTIMEOUT) unable to check out connection", "plazas del pooler"),
      ("08P01", "no more connections allowed (max_client_conn)", "plazas del pooler"),
      ("XX000", "(EBANNED) tenant is banned", "Reanúdelo"), ("58000", "nobody knows", "mire su registro"),
    ])
  func refused(sqlstate: String, words: String, sentence: String) async throws {
    try await withInstallation { installation in
      let pooler = try RawServer(greeting: PostgresReply.error(sqlstate, words))
      let url = "postgresql://u:p@127.0.0.1:\(pooler.port)/b?sslmode=disable&gssencmode=disable"
      let service = try await installation.serve(changes: ["DATABASE_URL": url])
      for path in ["/api/sync-twilio-hourly", HistorySite.route] {
        let answer = try await service.ask("POST", path)
        #expect(answer.status == 503 && answer.body.contains(sentence), "\(answer.body)")
        #expect(!answer.body.contains(words))
      }
      let ready = try await service.askOpenly("GET", "/ready")
      #expect(ready.status == 503 && ready.text("database") == "unreachable", "\(ready.body)")
      #expect(try await service.askOpenly("GET", "/health").status == 200)
      #expect(try await service.end() == 0)
    }
  }

  @Test("One that fills up in the middle of a resync is waited for, and the resync goes on")
  func fillsUp() async throws {
    try await withBlockedHistory { installation, twilio in
      let directory = try await installation.directory()
      let port = try #require(installation.cluster.programPort)
      let pooler = try TCPProxy(to: .tcp(port: port))
      let changes = twilio.asTwilio.merging([
        "DATABASE_URL": installation.url(port: pooler.port) + "?sslmode=disable&gssencmode=disable"
      ]) { $1 }
      let program = try installation.startResync(HistorySite.closed(installation), changes: changes)
      try await eventually("page 1 is stored") { try await installation.storedCalls() > 0 }
      pooler.judge { direction, _ in direction == .toServer ? .answer(Self.noPlace) : .forward }
      pooler.cutAll()
      twilio.release()
      let line = try await program.line(containing: "Nuevo intento en")
      #expect(line.hasPrefix("⚠️ "), "\(line)")
      _ = try await program.line(containing: "EMAXCONNSESSION")
      pooler.judge { _, _ in .forward }
      #expect(try await program.exitStatus() == 0, "\(program.errors)")
      #expect(JSONText(program.output).integer("totalCalls") == 1500)
      #expect(try await installation.runStates() == ["succeeded"])
      try await installation.expectHistory(directory)
      pooler.close()
    }
  }

  @Test("One that gives a statement the answer to another is found by doctor")
  func mixing() async throws {
    try await withInstallation { installation in
      let port = try #require(installation.cluster.programPort)
      let pooler = try TCPProxy(to: .tcp(port: port))
      pooler.judge { direction, bytes in
        // One answer of many (CallStore.poolerFault).
        let (own, other) = (Array("3053".utf8), Array("1053".utf8))
        return direction == .toClient && bytes.contains(own)
          ? .answer(bytes.replacing(own, with: other)) : .forward
      }
      let url = installation.url(port: pooler.port)
      let ended = try await installation.run("doctor", changes: ["DATABASE_URL": url])
      #expect(ended.status == 1)
      let line = ended.output.split(separator: "\n").first { $0.hasPrefix("❌ pooler: ") }
      #expect(line?.contains("→ ") == true, "\(ended.output)")
      #expect(!ended.output.contains("✅ base de datos"))
      pooler.close()
    }
  }

  @Test(
    "A server that is restarted under serve costs at most runs that say so; one afterwards succeeds",
    arguments: [false, true])
  func restarted(isPooled: Bool) async throws {
    try await withPrivateInstallation { installation in
      let cluster = installation.cluster
      _ = try await cluster.bouncer(.init(loginRetry: 2))
      let url = installation.url(port: isPooled ? cluster.poolerPort : cluster.tcpPort)
      let service = try await installation.serve(changes: ["DATABASE_URL": url])
      #expect(try await service.sync().status == 200)
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      try await cluster.restart(.fast)
      try await eventually("a run succeeds") {
        let answer = try await service.sync()
        if answer.status == 200 { #expect(answer.integer("savedCalls") == 3) }
        #expect([200, 503].contains(answer.status), "\(answer.body)")
        return answer.status == 200
      }
      try await eventually("/ready is 200") { try await service.askOpenly("GET", "/ready").status == 200 }
      #expect(try await installation.storedCalls() == 3)
    }
  }

  // Of four connections each they could want twenty: who gets none waits until others have been idle for a minute.
  @Test(
    "Five replicas behind a session pooler of fifteen places answer, or say why not; with three connections each all do",
    .enabled(if: !PostgresBouncer.isWanted, "that one is in transaction mode"),
    arguments: ChaosProfile.isLong ? [3, 4] : [3])
  func replicas(poolSize: Int) async throws {
    try await withPrivateInstallation { installation in
      let cluster = installation.cluster
      _ = try await cluster.bouncer(.init(.session, places: 15))
      let changes = [
        "DATABASE_URL": installation.url(port: cluster.poolerPort), "DATABASE_POOL_SIZE": "\(poolSize)",
      ]
      installation.simulation.put(TestCalls.settled(50, now: installation.simulation.now))
      var services: [LiveService] = []
      for _ in 0..<5 { services.append(try await installation.serve(changes: changes)) }
      let paths = ["/api/sync-runs", "/api/sync-status", "/api/calls", "/api/phones", "/", "/calls"]
      let answers = try await withThrowingTaskGroup(of: (String, Answer).self) { group in
        for service in services {
          group.addTask { ("run", try await service.sync()) }
          for path in paths + paths { group.addTask { (path, try await service.ask("GET", path)) } }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count == 65)
      for (path, answer) in answers where answer.status != 200 {
        let isSecondRun = path == "run" && answer.status == 409
        let saysWhy = poolSize > 3 && answer.status == 503 && answer.body.contains("plazas")
        #expect(isSecondRun || saysWhy, "\(path): \(answer.body)")
      }
      let places = try await installation.value(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '\(TestCluster.role)'")
      #expect(try #require(places.flatMap { Int($0) }) <= 15)
      for service in services {
        try await eventually("a run succeeds") {
          let answer = try await service.sync()
          #expect(answer.status == 200 || poolSize > 3, "\(answer.body)")
          return answer.status == 200
        }
        #expect(try await service.askOpenly("GET", "/ready").status == 200)
      }
      #expect(try await installation.storedCalls() == 50)
    }
  }
}
