import Synchronization

/// The simulated Twilio itself, without a network: its account, clock, faults and record of requests.
package final class Simulation: Sendable {
  struct State: Sendable {
    var account: SimulatedAccount
    var clock: ClockSetting
    var options: ListingOptions
    var faults: FaultPlan
    var latencyMilliseconds: Int
    var concurrencyLimit: Int?
    var counts: [FaultPlan.Scope: Int] = [:]
    var records: [RequestRecord] = []
    var inFlight = 0
    var insertedCalls = 0
  }

  let configuration: SimulatorConfiguration
  let state: Mutex<State>
  let requestIDs: SIDCipher
  private let initial: State

  /// - Throws: a sentence when the scenario cannot have so many calls.
  package init(_ configuration: SimulatorConfiguration) throws(SimulatorError) {
    let account = try configuration.scenario.account(
      configuration, now: configuration.clock.now(real: configuration.machineClock()))
    initial = State(
      account: account, clock: configuration.clock, options: configuration.options,
      faults: configuration.faults, latencyMilliseconds: configuration.latencyMilliseconds,
      concurrencyLimit: configuration.concurrencyLimit)
    self.configuration = configuration
    requestIDs = SIDCipher(seed: configuration.seed ^ 0x52_51)
    state = Mutex(initial)
  }

  /// What the simulator's clock shows.
  package var now: Moment {
    state.withLock(\.clock).now(real: configuration.machineClock())
  }

  /// Back to how it was started: calls, clock, options, faults; the record of requests is emptied.
  package func reset() {
    state.withLock { state in
      let inFlight = state.inFlight
      state = initial
      state.inFlight = inFlight
    }
  }
}

extension Simulation {
  /// Sets the clock.
  package func setClock(_ clock: ClockSetting) {
    state.withLock { $0.clock = clock }
  }

  /// Moves the clock by so many seconds.
  package func advanceClock(bySeconds seconds: Int64) {
    state.withLock { $0.clock = $0.clock.advanced(bySeconds: seconds) }
  }

  /// How the list behaves.
  package var options: ListingOptions {
    get { state.withLock(\.options) }
    set {
      state.withLock { state in
        if newValue.emptyFields != state.options.emptyFields {
          state.account.write(as: configuration.callJSON(newValue))
        }
        state.options = newValue
      }
    }
  }

  /// Replaces the plan of faults; its counts begin at 1 again.
  package func setFaults(_ plan: FaultPlan) {
    state.withLock { state in
      state.faults = plan
      state.counts = [:]
    }
  }

  /// Sets the time before every answer, and how many requests may be in flight (nil: any number).
  package func setLoad(latencyMilliseconds: Int, concurrencyLimit: Int?) {
    state.withLock { state in
      state.latencyMilliseconds = latencyMilliseconds
      state.concurrencyLimit = concurrencyLimit
    }
  }

  /// Adds calls with a life, replacing those with the same SID.
  package func put(_ calls: [SimulatedCall]) {
    put(entries: calls.map(AccountEntry.living))
  }

  /// Adds calls given as a JSON object or an array of them, replacing those with the same SID; what the
  /// objects may hold is said at the control endpoint's help.
  /// - Throws: a sentence that says what could not be read; then nothing is added.
  package func put(json: String) throws(SimulatorError) {
    let value = try JSONValue(parsing: json.utf8)
    let now = now
    var entries: [AccountEntry] = []
    for element in value.fields == nil ? value.elements : [value] {
      guard let fields = element.fields else { throw SimulatorError("Each call is a JSON object.") }
      entries.append(.document(try CallDocument(fields, now: now)))
    }
    put(entries: entries)
  }

  /// Removes a call, as an account's owner may; false when there is none.
  package func remove(sid: String) -> Bool {
    state.withLock { $0.account.remove(sid) }
  }

  /// The requests to the API seen since the start or the last reset, oldest first; the last 100,000.
  package var requests: [RequestRecord] {
    state.withLock(\.records)
  }

  private func put(entries: [AccountEntry]) {
    state.withLock { $0.account.put(entries) }
  }
}
