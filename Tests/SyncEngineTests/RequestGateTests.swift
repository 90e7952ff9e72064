import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

@Suite("RequestGate")
struct RequestGateTests {
  /// An account whose answers are given by hand.
  private final class Account: Sendable {
    private struct State {
      var open: [CheckedContinuation<RunFailure?, Never>] = []
      var most = 0
      var inside = 0
      var order: [CallQuery] = []
    }

    private let state = Mutex(State())
    let arrived = Latch()

    var inside: Int { state.withLock(\.inside) }
    var most: Int { state.withLock(\.most) }
    var order: [CallQuery] { state.withLock(\.order) }

    func ask(_ query: CallQuery) async throws(RunFailure) {
      let failure = await withCheckedContinuation { continuation in
        state.withLock { state in
          state.open.append(continuation)
          state.inside += 1
          state.most = max(state.most, state.inside)
          state.order.append(query)
        }
        arrived.signal()
      }
      if let failure { throw failure }
    }

    /// Answers the oldest open request.
    func answer(_ failure: RunFailure? = nil) {
      state.withLock { state in
        state.inside -= 1
        return state.open.removeFirst()
      }.resume(returning: failure)
    }
  }

  private let clock = EngineClock(
    now: { makeTime("2026-03-01T12:00:00Z") }, sleep: { _ in }, random: { 0.5 })
  private let throttled = RunFailure(.twilio(.throttled), "Demasiadas peticiones.")

  private func list(
    _ account: Account, _ gate: RequestGate, _ number: Int = 0, isUrgent: Bool = false
  ) -> Task<RunFailure?, Never> {
    Task {
      do throws(RunFailure) {
        try await gate.send(isUrgent: isUrgent) { () async throws(RunFailure) in
          try await account.ask(CallQuery(startedFrom: Timestamp(seconds: Int64(number))))
        }
        return nil
      } catch {
        return error
      }
    }
  }

  @Test("No more requests are under way than allowed")
  func limit() async throws {
    let account = Account()
    let gate = RequestGate(maximum: 3, clock: clock)
    let tasks = (0..<9).map { list(account, gate, $0) }
    for _ in 0..<9 {
      try await account.arrived.wait()
      #expect(account.inside <= 3)
      if account.inside == 3 || account.order.count == 9 { account.answer() }
    }
    while account.inside > 0 { account.answer() }
    for task in tasks { #expect(await task.value == nil) }
    #expect(account.most == 3)
  }

  @Test("An hourly run's request goes before those of a historical run that wait")
  func urgentFirst() async throws {
    let account = Account()
    let gate = RequestGate(maximum: 1, clock: clock)
    let first = list(account, gate, 1)
    try await account.arrived.wait()
    let waiting = list(account, gate, 2)
    let urgent = list(account, gate, 3, isUrgent: true)
    while gate.waiting < 2 { await Task.yield() }
    account.answer()
    try await account.arrived.wait()
    #expect(account.order.map(\.startedFrom) == [1, 3].map { Timestamp(seconds: $0) })
    account.answer()
    try await account.arrived.wait()
    account.answer()
    for task in [first, waiting, urgent] { #expect(await task.value == nil) }
  }

  @Test("A request that is cancelled while it waits gives its turn to the next")
  func cancelled() async throws {
    let account = Account()
    let gate = RequestGate(maximum: 1, clock: clock)
    let first = list(account, gate, 1)
    try await account.arrived.wait()
    let second = list(account, gate, 2)
    let third = list(account, gate, 3)
    while gate.waiting < 2 { await Task.yield() }
    second.cancel()
    #expect(await second.value?.kind == .stopping)
    account.answer()
    try await account.arrived.wait()
    account.answer()
    #expect(await first.value == nil)
    #expect(await third.value == nil)
    #expect(gate.waiting == 0)
  }

  @Test("A burst of 429 halves the requests once; answers bring them back one by one")
  func adapts() async throws {
    let account = Account()
    let gate = RequestGate(maximum: 8, clock: clock)
    let burst = (0..<8).map { list(account, gate, $0) }
    for _ in 0..<8 { try await account.arrived.wait() }
    for _ in 0..<8 { account.answer(throttled) }
    for task in burst { #expect(await task.value == throttled) }
    #expect(gate.allowed == 4)
    // A further one under the new limit halves again.
    let late = list(account, gate)
    try await account.arrived.wait()
    account.answer(throttled)
    #expect(await late.value == throttled)
    #expect(gate.allowed == 2)
    for expected in [2, 3, 3, 3, 4] {
      let request = list(account, gate)
      try await account.arrived.wait()
      account.answer()
      #expect(await request.value == nil)
      #expect(gate.allowed == expected)
    }
  }

  @Test("The limit never falls below one, nor rises above what the operator allows")
  func bounds() async throws {
    let account = Account()
    let gate = RequestGate(maximum: 2, clock: clock)
    for failure in [throttled, throttled, throttled, nil, nil, nil, nil] {
      let request = list(account, gate)
      try await account.arrived.wait()
      account.answer(failure)
      #expect(await request.value == failure)
      #expect((1...2).contains(gate.allowed))
    }
    #expect(gate.allowed == 2)
  }

  @Test("When Twilio names a time to wait, everybody waits for it")
  func retryAfter() async throws {
    let elapsed = Mutex<Int64>(0)
    let start = makeTime("2026-03-01T12:00:00Z")
    let clock = EngineClock(
      now: { start.adding(milliseconds: elapsed.withLock { $0 }) },
      sleep: { pause in elapsed.withLock { $0 += pause } }, random: { 0.5 })
    let account = Account()
    let gate = RequestGate(maximum: 2, clock: clock)
    let first = list(account, gate)
    try await account.arrived.wait()
    account.answer(RunFailure(.twilio(.throttled), "Demasiadas peticiones.", retryAfter: 7))
    #expect(await first.value != nil)
    #expect(elapsed.withLock { $0 } == 0)
    let second = list(account, gate, isUrgent: true)
    try await account.arrived.wait()
    #expect(elapsed.withLock { $0 } == 7000)
    account.answer()
    #expect(await second.value == nil)
  }

  @Test(
    "A pause that Twilio asks for is a minute at the most, whatever the number and whatever the clock shows",
    arguments: [Int.min, -1, 0, 59, 60, 9_223_372_036_854_776, .max],
    [Int64.min, 1_772_366_400_000, Int64.max])
  func enormousPause(seconds: Int, now: Int64) async throws {
    let clock = Timestamp(milliseconds: now)
    let slept = Mutex<[Int64]>([])
    let gate = RequestGate(
      maximum: 2,
      clock: EngineClock(
        now: { slept.withLock { clock.adding(seconds: Int(clamping: $0.reduce(0, +) / 1000)) } },
        sleep: { milliseconds in slept.withLock { $0.append(milliseconds) } }, random: { 0.5 }))
    let account = Account()
    let first = list(account, gate)
    try await account.arrived.wait()
    account.answer(RunFailure(.twilio(.throttled), "Demasiadas peticiones.", retryAfter: seconds))
    #expect(await first.value?.kind == .twilio(.throttled))
    let second = list(account, gate)
    try await account.arrived.wait()
    account.answer()
    #expect(await second.value == nil)
    // The last moment of all is not a minute before another.
    let longest = now == .max ? 0 : Int64(min(max(0, seconds), 60)) * 1000
    #expect(slept.withLock { $0.reduce(0, +) } == longest)
  }

  @Test("A clock that is put back during a pause does not make it longer", arguments: [61, 3600, 31_536_000])
  func clockPutBack(seconds: Int) async throws {
    let now = Mutex(makeTime("2026-03-01T12:00:00Z"))
    let slept = Mutex<[Int64]>([])
    let gate = RequestGate(
      maximum: 2,
      clock: EngineClock(
        now: { now.withLock(\.self) }, sleep: { milliseconds in slept.withLock { $0.append(milliseconds) } },
        random: { 0.5 }))
    let account = Account()
    let first = list(account, gate)
    try await account.arrived.wait()
    account.answer(RunFailure(.twilio(.throttled), "Demasiadas peticiones.", retryAfter: 60))
    _ = await first.value
    now.withLock { $0 = $0.adding(seconds: -seconds) }
    let second = list(account, gate)
    try await account.arrived.wait()
    account.answer()
    #expect(await second.value == nil)
    #expect(slept.withLock { $0 } == [])
  }
}
