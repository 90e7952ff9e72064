import Bootstrap
import Foundation
import Postgres
import Synchronization
import Terminal
import TestSupport
import Testing
import TwilioSimulator

@Suite("Signals while the program begins, waits or is being stopped", .timeLimit(.minutes(5)))
struct SecondSignalTests {
  private static let signals = [(SIGTERM, Int32(143)), (SIGINT, Int32(130))]

  @Test("A second signal ends a command at once that cannot end in order", arguments: signals)
  func command(signal: Int32, status: Int32) async throws {
    try await withStuckStop { installation, twilio in
      try installation.start("hourly", changes: twilio.asTwilio)
    } check: { program in
      try await end(program, with: signal)
      #expect(try await program.exitStatus() == status)
    }
  }

  @Test("A second signal ends serve at once that cannot end in order", arguments: signals)
  func serve(signal: Int32, status: Int32) async throws {
    try await withStuckStop { installation, twilio in
      let service = try await installation.serve(changes: twilio.asTwilio)
      #expect(
        try await service.ask("POST", LiveService.route, headers: ["Prefer: respond-async"]).status == 202)
      return service.program
    } check: { program in
      try await end(program, with: signal)
      #expect(try await program.exitStatus() == status)
      #expect(program.output.contains("🛑 Parando el servicio..."))
    }
  }

  @Test(
    "A hang-up ends a run in order, unless the program was started to outlive it", arguments: [false, true])
  func hangUp(outlives: Bool) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let program = try installation.programs.start(
        ["hourly"], installation.environment.changed(by: twilio.asTwilio),
        shell: outlives ? "trap '' HUP; exec \"$@\"" : "exec \"$@\"")
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      program.send(SIGHUP)
      if outlives { twilio.release() }
      #expect(try await program.exitStatus() == (outlives ? 0 : 143))
      #expect(try await installation.runStates() == [outlives ? "succeeded" : "interrupted"])
      twilio.close()
    }
  }

  @Test("doctor that waits for Twilio ends with the first signal", arguments: signals)
  func doctor(signal: Int32, status: Int32) async throws {
    try await withInstallation { installation in
      let twilio = try RawServer { _, connection in connection.waitForClose() }
      let program = try installation.start("doctor", changes: ["TWILIO_API_BASE_URL": twilio.url])
      try await eventually("Twilio is asked") { !twilio.requests.isEmpty }
      program.send(signal)
      #expect(try await program.exitStatus() == status)
      #expect(program.output.isEmpty)
    }
  }

  @Test("health that waits for the server ends with the first signal", arguments: signals)
  func health(signal: Int32, status: Int32) async throws {
    try await withPrograms { programs in
      let server = try RawServer { _, connection in connection.waitForClose() }
      let program = try programs.start(["health", "--url", server.url], [:])
      try await eventually("the server is asked") { !server.requests.isEmpty }
      program.send(signal)
      #expect(try await program.exitStatus() == status)
    }
  }

  @Test("migrate that waits for a lock ends with the first signal", arguments: signals)
  func migrate(signal: Int32, status: Int32) async throws {
    try await withInstallation { installation in
      let lock = PostgresStatement("LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE")
      try await installation.pool.withTransaction(opening: [lock]) { _ in
        let address = TestCluster.url(
          installation.cluster, installation.database.name, role: TestCluster.owner)
        let program = try installation.start("migrate", changes: ["DATABASE_URL": address])
        try await eventually("it waits") {
          try await installation.value(
            """
            SELECT count(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'
            """) != "0"
        }
        program.send(signal)
        #expect(try await program.exitStatus() == status)
      }
    }
  }

  /// Has a run stand still, with the table locked in which its end is recorded, sends a signal, and waits until it is being
  /// obeyed.
  private func withStuckStop(
    _ start: (Installation, TCPProxy) async throws -> ProgramProcess,
    check: (ProgramProcess) async throws -> Void
  ) async throws {
    try await withInstallation { installation in
      installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
      let twilio = try TCPProxy(to: .tcp(port: installation.simulator.port))
      twilio.blockSecondPage()
      let program = try await start(installation, twilio)
      try await eventually("page 1 is stored") { try await installation.storedCalls() == 1000 }
      let lock = PostgresStatement("LOCK TABLE sync_runs, sync_leases IN ACCESS EXCLUSIVE MODE")
      try await installation.pool.withTransaction(opening: [lock]) { _ in
        program.send(SIGTERM)
        try await eventually("the end of the run waits") {
          try await installation.waiting("wait_event_type = 'Lock'")
        }
        #expect(program.isRunning)
        try await check(program)
        #expect(!program.output.contains("⚠️ Sincronización horaria interrumpida"))
      }
      twilio.close()
    }
  }

  /// Sends the signal until it is taken for another one, and no echo of the first.
  private func end(_ program: ProgramProcess, with signal: Int32) async throws {
    try await eventually("it has ended") {
      program.send(signal)
      return !program.isRunning
    }
  }
}

@Suite("What a signal does")
struct SignalsTests {
  @Test("One that nobody expects ends the process at once")
  func unexpected() {
    let test = Clocked()
    test.signals.take(.interrupted)
    #expect(test.ends == [.interrupted])
  }

  @Test(
    "The first goes to whoever waits; what follows at once is the same request, what comes later ends the process"
  )
  func second() async {
    let test = Clocked()
    test.signals.expect()
    let waiting = Task { await test.signals.first() }
    test.signals.take(.terminated)
    #expect(await waiting.value == .terminated)
    test.signals.take(.terminated)
    test.pass(.milliseconds(49))
    test.signals.take(.interrupted)
    #expect(test.ends.isEmpty)
    test.pass(.milliseconds(1))
    test.signals.take(.interrupted)
    #expect(test.ends == [.interrupted])
  }

  @Test("One that came before anybody waited is not lost, also where the wait was given up")
  func early() async {
    for isGivenUp in [false, true] {
      let test = Clocked()
      test.signals.expect()
      test.signals.take(.interrupted)
      let waiting = Task { await test.signals.first() }
      if isGivenUp { waiting.cancel() }
      #expect(await waiting.value == .interrupted)
      #expect(test.ends.isEmpty)
    }
  }

  @Test("Whoever no longer waits gets none")
  func cancelled() async {
    let test = Clocked()
    test.signals.expect()
    let waiting = Task { await test.signals.first() }
    waiting.cancel()
    #expect(await waiting.value == nil)
    test.signals.take(.terminated)
    #expect(test.ends == [.terminated])
  }

  /// Signals by a clock that is moved by hand, and a process that does not end.
  private final class Clocked: Sendable {
    private struct State {
      var now = ContinuousClock.now
      var ends: [Terminal.ExitStatus] = []
    }

    private let state: Shared
    let signals: Signals

    private final class Shared: Sendable {
      let state = Mutex(State())
    }

    init() {
      let shared = Shared()
      state = shared
      signals = Signals(
        now: { shared.state.withLock(\.now) }, end: { end in shared.state.withLock { $0.ends.append(end) } })
    }

    var ends: [Terminal.ExitStatus] { state.state.withLock(\.ends) }

    func pass(_ time: Duration) { state.state.withLock { $0.now += time } }
  }
}
