package import CallDomain
import Synchronization
package import WebServer

/// The simulated Twilio itself, without a network: its account, clock, faults and record of requests. `CallsAPI`
/// has Twilio's rules, `Fault` and `SimulatorOptions` what differs from them on demand.
package final class Simulation: Sendable {
  private struct State: Sendable {
    var account: SimulatedAccount
    var clock: ClockSetting
    var options: SimulatorOptions
    var faults: FaultPlan
    var counts: [FaultPlan.Scope: Int] = [:]
    var records: [RequestRecord] = []
    var inFlight = 0
    var insertedCalls = 0
  }

  private let configuration: SimulatorConfiguration
  private let initial: State
  private let state: Mutex<State>

  /// - Throws: a sentence when the scenario cannot have so many calls.
  package init(_ configuration: SimulatorConfiguration) throws(SimulatorError) {
    self.configuration = configuration
    initial = State(
      account: try configuration.account(), clock: configuration.clock, options: configuration.options,
      faults: configuration.faults)
    state = Mutex(initial)
  }

  /// Back to how it was started: calls, clock, options, faults; the record of requests is emptied.
  package func reset() {
    state.withLock { state in
      let inFlight = state.inFlight
      state = initial
      state.inFlight = inFlight
    }
  }

  /// What the simulator's clock shows.
  package var now: Timestamp { state.withLock(\.clock.now) }

  package func setClock(_ clock: ClockSetting) { state.withLock { $0.clock = clock } }
  package func advanceClock(bySeconds seconds: Int) {
    state.withLock { $0.clock = $0.clock.advanced(bySeconds: seconds) }
  }

  package var options: SimulatorOptions {
    get { state.withLock(\.options) }
    set {
      state.withLock { state in
        state.options = newValue
        state.account.write(as: newValue.emptyFields)
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

  /// Adds calls with a life, replacing those with the same SID.
  package func put(_ calls: [SimulatedCall]) { state.withLock { $0.account.put(calls) } }

  /// Adds calls given as a JSON object or an array of them, replacing those with the same SID; the control
  /// endpoint's help says what the objects may hold.
  /// - Throws: a sentence that says what could not be read; then nothing is added.
  package func put(json: String) throws(SimulatorError) {
    let value = try JSONValue(parsing: json.utf8)
    let (accountSID, now) = (configuration.credentials.accountSID, now)
    var calls: [SettledCall] = []
    for element in value.elements ?? [value] {
      calls.append(try SettledCall(document: element, accountSID: accountSID, now: now))
    }
    state.withLock { [calls] in $0.account.put(calls) }
  }

  /// Removes a call, as an account's owner may; false when there is none.
  package func remove(sid: String) -> Bool { state.withLock { $0.account.remove(sid) } }

  /// Has the list leave a call out, which is given when it is asked for alone; false when there is none.
  package func lose(sid: String) -> Bool {
    state.withLock { state in
      guard let call = state.account.call(sid) else { return false }
      state.account.put([LostCall(call)])
      return true
    }
  }

  /// Changes fields of a call, given as a JSON object, as Twilio writes them; false when there is none.
  /// - Throws: a sentence that says what could not be read.
  package func alter(sid: String, json: String) throws(SimulatorError) -> Bool {
    guard let changes = try JSONValue(parsing: json.utf8).fields else {
      throw SimulatorError("The body must be a JSON object.")
    }
    let (account, now) = state.withLock { ($0.account, $0.clock.now) }
    guard let call = account.call(sid),
      let fields = try JSONValue(parsing: call.bytes(at: now, account.json)).fields
    else { return false }
    let document = fields.merging(changes) { $1 }.merging(["sid": .string(sid)]) { $1 }
    let altered = try SettledCall(
      document: .object(document), accountSID: configuration.credentials.accountSID, now: now)
    state.withLock { $0.account.put([call is LostCall ? LostCall(altered) : altered]) }
    return true
  }

  /// The requests to the API since the start or the last reset, oldest first; the last 100,000.
  package var requests: [RequestRecord] { state.withLock(\.records) }

  /// A request that was let in, with what goes wrong with it and the options by which it is answered.
  struct Admission: Sendable {
    let number: Int
    /// `RQ` and 32 hexadecimal digits.
    let requestID: String
    let effects: [Fault.Effect]
    let options: SimulatorOptions
    /// Requests that are being answered, this one included.
    let inFlight: Int
  }

  /// Counts a request and decides its faults.
  func admit(_ request: HTTPRequest) -> Admission {
    let target = request.target.rawPath + (request.target.rawQuery.map { "?" + $0 } ?? "")
    let path = request.target.path
    var scopes: Set<FaultPlan.Scope> = [.any]
    if path.hasSuffix("/Calls.json") {
      scopes.insert(.list)
      if request.target.query.contains(where: { $0.name == "PageToken" }) { scopes.insert(.next) }
    } else if path.contains("/Calls/") {
      scopes.insert(.call)
    }
    return state.withLock { [scopes] state in
      state.inFlight += 1
      for scope in scopes { state.counts[scope, default: 0] += 1 }
      let faults = state.faults.faults(state.counts.filter { scopes.contains($0.key) })
      let number = (state.records.last?.number ?? 0) + 1
      if state.records.count >= 100_000 { state.records.removeFirst(50_000) }
      state.records.append(
        RequestRecord(number: number, method: request.method.text, target: target, faulted: !faults.isEmpty))
      var effects = faults.map(\.effect)
      if let limit = state.options.concurrencyLimit, state.inFlight > limit {
        effects.insert(.replacement(APIAnswer(.tooManyRequests)), at: 0)
      }
      var options = state.options
      for case .option(let change) in effects { change(&options) }
      return Admission(
        number: number, requestID: SIDSeries(seed: configuration.seed ^ 0x52_51).sid("RQ", number),
        effects: effects, options: options, inFlight: state.inFlight)
    }
  }

  /// What will be delivered for an admitted request.
  func answer(_ request: HTTPRequest, _ admission: Admission) -> APIAnswer {
    var replacement: APIAnswer?
    for case .replacement(let answer) in admission.effects where replacement == nil { replacement = answer }
    var answer = replacement ?? rightAnswer(request, admission.options)
    for case .change(let change) in admission.effects { change(&answer) }
    return answer
  }

  /// Notes how a request ended.
  func dismiss(_ admission: Admission, status: Int) {
    state.withLock { state in
      state.inFlight -= 1
      let place = admission.number - (state.records.first?.number ?? 0)
      if state.records.indices.contains(place) { state.records[place].status = status }
    }
  }

  /// Answers a request to the API by Twilio's rules, without faults.
  package func answer(
    method: String, target: RequestTarget, authorization: String?
  ) -> (status: Int, body: [UInt8]) {
    let headers = HTTPHeaders(authorization.map { [("Authorization", $0)] } ?? [])
    let request = HTTPRequest(method: HTTPMethod(method), target: target, headers: headers)
    let answer = rightAnswer(request, options)
    return (answer.status, answer.body)
  }

  private func rightAnswer(_ request: HTTPRequest, _ options: SimulatorOptions) -> APIAnswer {
    let (account, now) = state.withLock { ($0.account, $0.clock.now) }
    let api = CallsAPI(account: account, credentials: configuration.credentials, options: options, now: now)
    let answer = api.answer(request)
    if answer.status == 200, request.target.path.hasSuffix("/Calls.json"), options.insertedBetweenPages > 0 {
      insertCalls(options.insertedBetweenPages, created: now.wholeSecond)
    }
    return answer
  }

  /// New calls come in while a client reads page after page.
  private func insertCalls(_ count: Int, created: Timestamp) {
    let sids = SIDSeries(seed: configuration.seed ^ 0x49_4E_53)
    let ended = created.adding(seconds: 20)
    let life = CallLife(created: created, dialled: created, ended: ended, outcome: "no-answer")
    state.withLock { state in
      let numbers = state.insertedCalls..<state.insertedCalls + count
      let own = OwnNumber.all[0].number
      state.account.put(
        numbers.map { SimulatedCall(sid: sids.sid("CA", $0), from: own, to: Party.lead($0), life: life) })
      state.insertedCalls += count
    }
  }
}

/// A request that the simulator saw.
package struct RequestRecord: Hashable, Sendable {
  /// Counted from 1 since the start or the last reset.
  package let number: Int
  package let method: String
  /// Path and query as they were sent.
  package let target: String
  /// The status answered, 0 when there was no answer.
  package fileprivate(set) var status = 0
  package let faulted: Bool
}
