/// Which calls the account has.
package enum Scenario: String, Hashable, Sendable, CaseIterable {
  /// The 87 calls of the last 75 minutes: 62 outbound-api, 15 trunking-terminating, 10
  /// trunking-originating.
  case example87
  /// Calls spread evenly from 2025-08-01 to the start of the simulator.
  case history
  /// 200 calls an hour since 2025-08-01, going on with the clock.
  case steady
  /// None.
  case empty
}

extension Scenario {
  /// Where `history` and `steady` begin: 2025-08-01T00:00:00Z.
  static let beginning = Moment(seconds: 1_754_006_400)

  /// - Throws: a sentence when there are more calls than seconds.
  func account(
    seed: UInt64, now: Moment, callCount: Int, rates: CallRates
  ) throws(SimulatorError) -> SimulatedAccount {
    switch self {
    case .empty: return SimulatedAccount()
    case .example87: return SimulatedAccount(calls: ExampleCalls(seed: seed, now: now).calls())
    case .history:
      let span = now.seconds - Self.beginning.seconds
      return try account(seed: seed, rates: rates, span: span, perSpan: callCount, count: callCount)
    case .steady: return try account(seed: seed, rates: rates, span: 3600, perSpan: 200, count: nil)
    }
  }

  private func account(
    seed: UInt64, rates: CallRates, span: Int64, perSpan: Int, count: Int?
  ) throws(SimulatorError) -> SimulatedAccount {
    let timetable = Timetable(
      seed: seed, first: Self.beginning, spanSeconds: span, perSpan: perSpan, count: count)
    guard let timetable else {
      throw SimulatorError(
        "\(perSpan) calls do not fit into the time since 2025-08-01: give 1 to \(max(span, 1)).")
    }
    return SimulatedAccount(stream: CallStream(seed: seed, timetable: timetable, rates: rates))
  }
}
