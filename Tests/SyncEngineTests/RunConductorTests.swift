import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

@Suite("Runs are started, kept alive and recorded")
struct RunConductorTests {
  /// A run that has reached its first request to Twilio and waits there until it is let go.
  private func makeHeldBench(
    _ adjust: (inout EngineBench.Script) -> Void = { _ in }
  ) -> (bench: EngineBench, arrived: Latch, release: Latch) {
    let (arrived, release) = (Latch(), Latch())
    let bench = EngineBench { script in
      script.calls = [makeCompleted(1, startedAt: at("11:30"))]
      adjust(&script)
      script.onRequest = { number throws(RunFailure) in
        guard number == 1 else { return }
        arrived.signal()
        do { try await release.wait() } catch { throw RunFailure.interrupted }
      }
    }
    return (bench, arrived, release)
  }

  @Test("A run that succeeds is recorded as it is answered")
  func succeeds() async throws {
    let bench = EngineBench { $0.calls = [makeCompleted(1, startedAt: at("11:30"))] }
    let live = try await bench.makeConductor().start(.hourly, requestedBy: "test")
    #expect(live.run.state == .running)
    #expect(live.run.id == RunID(7))
    let run = try await live.outcome().get()
    #expect(bench.notes.finished == [run])
    #expect(bench.notes.ends == [run])
    #expect(run.state == .succeeded)
    #expect(run.startedAt == at("12:00"))
    #expect(run.finishedAt == at("12:00"))
    #expect(run.counts.totalCalls == 1)
    #expect(live.progress.counts == run.counts)
  }

  @Test("The lease is renewed with every beat while the run works, and no more afterwards")
  func renews() async throws {
    let (bench, arrived, release) = makeHeldBench()
    let live = try await bench.makeConductor().start(.hourly, requestedBy: "test")
    try await arrived.wait()
    for count in 1...3 {
      bench.heartbeats.signal()
      try await bench.renewed.wait()
      #expect(bench.notes.renewals == count)
    }
    release.signal()
    _ = try await live.outcome().get()
    bench.heartbeats.signal()
    #expect(bench.notes.renewals == 3)
  }

  @Test(
    "A renewal that the database refuses to answer is told with its cause and tried again at the next heartbeat"
  )
  func failedRenewal() async throws {
    let away = RunFailure(.database(.unreachable), "La base de datos no responde.", cause: "server closed")
    let (bench, arrived, release) = makeHeldBench {
      $0.onRenew = { number throws(RunFailure) in
        if number < 3 { throw away }
        return true
      }
    }
    let live = try await bench.makeConductor().start(.hourly, requestedBy: "test")
    try await arrived.wait()
    for _ in 1...3 {
      bench.heartbeats.signal()
      try await bench.renewed.wait()
    }
    release.signal()
    #expect(try await live.outcome().get().state == .succeeded)
    let told = bench.notes.events.filter { $0 == .databaseAway(delay: EngineBench.heartbeat, away) }
    #expect(told.count == 2)
  }

  @Test("A run whose lease was taken over stops and commits nothing more")
  func lostLease() async throws {
    let (bench, arrived, _) = makeHeldBench { $0.onRenew = { _ throws(RunFailure) in false } }
    let live = try await bench.makeConductor().start(.hourly, requestedBy: "test")
    try await arrived.wait()
    bench.heartbeats.signal()
    guard case .failure(let failure) = await live.outcome() else {
      Issue.record("the run succeeded")
      return
    }
    #expect(failure.code == .internal)
    #expect(failure.message.contains("relevo"))
    #expect(failure.runID == RunID(7))
    #expect(bench.notes.commitAttempts == 0)
    #expect(bench.notes.finished.map(\.state) == [.failed])
  }

  @Test(
    "A run whose connections were ended says that another took over where one did",
    arguments: [false, true])
  func endedByItsSuccessor(isOvertaken: Bool) async throws {
    let ended = RunFailure(.database(.unreachable), "La base de datos cerró la sesión.")
    let bench = EngineBench {
      $0.calls = [makeCompleted(1, startedAt: at("11:30"))]
      $0.onCommit = { _ throws(RunFailure) in throw ended }
      $0.onRenew = { _ throws(RunFailure) in !isOvertaken }
    }
    guard case .failure(let failure) = try await bench.run() else {
      Issue.record("the run succeeded")
      return
    }
    #expect(failure.message == (isOvertaken ? RunFailure.leaseLost : ended).message)
    #expect(failure.code == (isOvertaken ? .internal : .database))
    #expect(bench.notes.finished.map(\.error) == [failure.message])
  }

  @Test("Stopping interrupts the run, records it, and starts no other one")
  func stop() async throws {
    let (bench, arrived, _) = makeHeldBench()
    let conductor = bench.makeConductor()
    let live = try await conductor.start(.hourly, requestedBy: "test")
    try await arrived.wait()
    await conductor.stop()
    #expect(bench.notes.finished.map(\.state) == [.interrupted])
    #expect(bench.notes.finished.first?.error?.isEmpty == false)
    #expect(bench.notes.events.last == .interrupted(.hourly))
    guard case .failure(let failure) = await live.outcome() else {
      Issue.record("the run succeeded")
      return
    }
    #expect(failure.code == .stopping)
    let refusal = await #expect(throws: RunFailure.self) {
      try await conductor.start(.hourly, requestedBy: "test")
    }
    #expect(refusal?.code == .stopping)
    #expect(bench.notes.begun == 1)
  }

  @Test("Stopping while nothing runs is at once")
  func stopIdle() async throws {
    let bench = EngineBench()
    let conductor = bench.makeConductor()
    _ = try await conductor.start(.hourly, requestedBy: "test").outcome().get()
    await conductor.stop()
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
  }

  @Test("Whoever asked for a run may go away")
  func clientLeaves() async throws {
    let (bench, arrived, release) = makeHeldBench()
    let conductor = bench.makeConductor()
    let client = Task { try await conductor.start(.hourly, requestedBy: "test").outcome() }
    try await arrived.wait()
    client.cancel()
    release.signal()
    try await bench.recorded.wait()
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    #expect(bench.notes.pages.count == 1)
  }

  @Test("An end that could not be recorded is a failure, and is recorded later")
  func unrecordedEnd() async throws {
    let lost = RunFailure(.database(.unreachable), "La base de datos no responde.")
    let bench = EngineBench {
      $0.calls = [makeCompleted(1, startedAt: at("11:30"))]
      $0.onFinish = { number throws(RunFailure) in if number < 4 { throw lost } }
    }
    let outcome = try await bench.run()
    #expect(outcome == .failure(RunFailure(.database(.unreachable), lost.message, runID: RunID(7))))
    #expect(
      bench.notes.events.last
        == .failed(.hourly, RunFailure(.database(.unreachable), lost.message, runID: RunID(7))))
    try await bench.recorded.wait()
    #expect(bench.notes.finishAttempts == 4)
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    #expect(bench.notes.finished.map(\.counts.totalCalls) == [1])
    #expect(bench.notes.ends.map(\.state) == [.failed])
  }

  @Test("What made the run fail is told, not that its end could not be recorded")
  func firstFailure() async throws {
    let bench = EngineBench {
      $0.onRequest = { _ throws(RunFailure) in throw RunFailure(.twilio(.permanent), "Twilio no quiere.") }
      $0.onFinish = { number throws(RunFailure) in
        if number == 1 { throw RunFailure(.database(.unreachable), "La base de datos no responde.") }
      }
    }
    #expect(
      try await bench.run() == .failure(RunFailure(.twilio(.permanent), "Twilio no quiere.", runID: RunID(7)))
    )
    try await bench.recorded.wait()
    #expect(bench.notes.finished.map(\.error) == ["Twilio no quiere."])
  }

  @Test("A start that fails while the database is away frees the lease it may have taken, as soon as it can")
  func freesLease() async throws {
    let away = RunFailure(.database(.unreachable), "La base de datos no responde.")
    let taken = Mutex<Int64?>(nil)
    let bench = EngineBench {
      $0.onBegin = { token throws(RunFailure) in
        taken.withLock { $0 = token }
        throw away
      }
      $0.onRelease = { attempt throws(RunFailure) in if attempt < 3 { throw away } }
    }
    #expect(await #expect(throws: RunFailure.self) { _ = try await bench.run() } == away)
    try await bench.freed.wait()
    #expect(bench.notes.released == Array(repeating: taken.withLock { $0 ?? 0 }, count: 3))
    #expect(bench.notes.pauses == [1000, 1000])
  }

  @Test("Another run in progress, or a database that cannot be used, is passed on as it is")
  func refusedStart() async throws {
    let busy = RunFailure(.alreadyRunning, "Ya hay otra ejecución.", runID: RunID(6), retryAfter: 55)
    let unusable = RunFailure(.database(.unreachable), "El esquema es antiguo.")
    let benches = [
      (EngineBench { $0.onBegin = { _ throws(RunFailure) in throw busy } }, busy),
      (EngineBench { $0.onCheck = { () throws(RunFailure) in throw unusable } }, unusable),
    ]
    for (bench, expected) in benches {
      let refusal = await #expect(throws: RunFailure.self) { _ = try await bench.run() }
      #expect(refusal == expected)
      #expect(bench.notes.begun == 0)
      #expect(bench.notes.finishAttempts == 0)
      #expect(bench.notes.events.isEmpty)
      #expect(bench.notes.requestCount == 0)
    }
  }
}
