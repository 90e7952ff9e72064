import Foundation
import Synchronization
import TestSupport
import Testing
import TwilioSimulator

@Suite("A command whose database goes away just as its run's end is recorded", .timeLimit(.minutes(5)))
struct LostEndTests {
  /// Cuts every connection to the database once the end of a run is to be recorded.
  private func withLostEnd(
    _ body: (Installation, TCPProxy, DepartingDatabase) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      let proxy = try TCPProxy(to: .tcp(port: try #require(installation.cluster.tcpPort)))
      try await body(installation, proxy, DepartingDatabase(proxy))
      proxy.close()
    }
  }

  private func expectFreeLease(_ installation: Installation) async throws {
    #expect(
      try await installation.value("SELECT expires_at < now() FROM sync_leases WHERE kind = 'hourly'") == "t")
  }

  @Test("It comes back: the command has recorded the end, and the next run finds its lease free")
  func comesBack() async throws {
    try await withLostEnd { installation, proxy, database in
      installation.simulation.put(TestCalls.open(3, now: installation.simulation.now))
      database.leave(for: 10)
      let ended = try await installation.run(
        "hourly", changes: ["DATABASE_URL": installation.url(port: proxy.port)])
      #expect(ended.status == 1 && ended.output.contains("Nuevo intento en"), "\(ended)")
      #expect(!ended.output.contains(Self.unrecorded))
      #expect(database.hasLeft)
      #expect(try await installation.runStates() == ["succeeded"])
      try await expectFreeLease(installation)
      #expect(try await installation.run("hourly").status == 0)
    }
  }

  @Test("So it is where a signal has stopped the run")
  func stopped() async throws {
    try await withLostEnd { installation, proxy, database in
      _ = try await stopBlockedRun(installation, proxy) { database.leave(for: 10) }
      #expect(database.hasLeft)
      #expect(try await installation.runStates() == ["interrupted"])
      try await expectFreeLease(installation)
    }
  }

  @Test("It stays away: a command that was stopped waits as long as a server, and says what is left")
  func staysAway() async throws {
    try await withLostEnd { installation, proxy, database in
      let output = try await stopBlockedRun(installation, proxy) { database.leave(for: 1_000_000) }
      #expect(output.contains(Self.unrecorded), "\(output)")
      #expect(try await installation.runStates() == ["running"])
    }
  }

  @Test("A signal ends the wait at once, whether it is the first or the second", arguments: [false, true])
  func signalled(isSecond: Bool) async throws {
    try await withLostEnd { installation, proxy, database in
      let program: ProgramProcess
      var twilio: TCPProxy?
      database.leave(for: 1_000_000)
      if isSecond {
        (program, twilio) = try await blockedRun(installation, proxy)
        program.send(SIGTERM)
      } else {
        program = try installation.start(
          "hourly", changes: ["DATABASE_URL": installation.url(port: proxy.port)])
      }
      try await eventually("the run has ended unrecorded") {
        program.output.contains(isSecond ? "horaria interrumpida" : "❌")
      }
      try await eventually("it has ended") {
        program.send(SIGINT)
        return !program.isRunning
      }
      #expect(try await program.exitStatus() == 130)
      #expect(!program.output.contains(Self.unrecorded))
      twilio?.close()
      #expect(try await installation.runStates() == ["running"])
    }
  }

  private static let unrecorded = "⚠️ No se pudo anotar el fin de una ejecución"

  /// A command for which Twilio has stopped to answer after the first page.
  private func blockedRun(
    _ installation: Installation, _ proxy: TCPProxy
  ) async throws -> (ProgramProcess, TCPProxy) {
    installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
    let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
    twilio.blockSecondPage()
    var changes = twilio.asTwilio
    changes["DATABASE_URL"] = installation.url(port: proxy.port)
    let program = try installation.start("hourly", changes: changes)
    try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
    return (program, twilio)
  }

  /// What such a command wrote that a signal has ended, with the fault begun just before.
  private func stopBlockedRun(
    _ installation: Installation, _ proxy: TCPProxy, beginFault: () -> Void
  ) async throws -> String {
    let (program, twilio) = try await blockedRun(installation, proxy)
    beginFault()
    program.send(SIGTERM)
    #expect(try await program.exitStatus() == 143)
    twilio.close()
    return program.output
  }
}

/// A database that goes away as a run's end reaches it, for a number of connections.
private final class DepartingDatabase: Sendable {
  private struct State {
    var connections = 0
    /// The last connection that does not come about.
    var last: Int?
  }

  private let state = Mutex(State())

  init(_ proxy: TCPProxy) {
    proxy.judgeEach { [weak self, weak proxy] connection, direction, bytes in
      guard let self, let proxy else { return .forward }
      let isEnd =
        direction == .toServer
        && String(decoding: bytes, as: UTF8.self).contains("UPDATE sync_runs r SET state = $2, finished_at")
      let accepted = isEnd ? proxy.accepted : 0
      return state.withLock { state in
        if isEnd, state.last == nil, state.connections > 0 { state.last = accepted + state.connections }
        return connection <= state.last ?? 0 ? .cutBefore : .forward
      }
    }
  }

  func leave(for connections: Int) { state.withLock { $0.connections = connections } }

  var hasLeft: Bool { state.withLock { $0.last != nil } }
}
