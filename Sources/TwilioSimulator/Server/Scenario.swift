/// Which calls the account has.
package enum Scenario: String, Hashable, Sendable, CaseIterable {
  /// The 87 calls of the last 75 minutes: 62 outbound-api, 15 trunking-terminating, 10
  /// trunking-originating.
  case example87
  /// Calls from 2025-08-01 to the start of the simulator, spread like those of an office.
  case history
  /// 200 calls an hour since 2025-08-01, going on with the clock.
  case steady
  /// None.
  case empty
}

extension Scenario {
  /// Where `history` and `steady` begin: 2025-08-01T00:00:00Z.
  static let beginning = Moment(seconds: 1_754_006_400)

  /// The account with its calls at the start, when the clock shows `now`.
  /// - Throws: a sentence when there are more calls than seconds.
  func account(
    _ configuration: SimulatorConfiguration, now: Moment
  ) throws(SimulatorError) -> SimulatedAccount {
    switch self {
    case .empty: return SimulatedAccount()
    case .example87:
      return SimulatedAccount(calls: ExampleCalls(seed: configuration.seed, now: now).calls())
    case .history:
      let rhythm = Rhythm(office: Self.beginning, until: now)
      let count = configuration.callCount
      return try account(configuration, rhythm, span: rhythm.total, perSpan: count, count: count)
    case .steady: return try account(configuration, .even, span: 3600, perSpan: 200, count: nil)
    }
  }

  private func account(
    _ configuration: SimulatorConfiguration, _ rhythm: Rhythm, span: Int64, perSpan: Int, count: Int?
  ) throws(SimulatorError) -> SimulatedAccount {
    let timetable = Timetable(
      seed: configuration.seed, first: Self.beginning, rhythm: rhythm, spanSeconds: span,
      perSpan: perSpan, count: count)
    guard let timetable else {
      throw SimulatorError(
        "\(perSpan) calls do not fit into the working hours since 2025-08-01: give 1 to \(max(span, 1)).")
    }
    let stream = CallStream(seed: configuration.seed, timetable: timetable, rates: configuration.rates)
    return SimulatedAccount(
      stream: SettledCalls(
        stream, json: configuration.callJSON(configuration.options), capacity: configuration.cacheBytes))
  }
}
