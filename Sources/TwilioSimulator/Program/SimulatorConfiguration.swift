package import CallDomain
import Foundation

/// Everything a simulator is started with.
package struct SimulatorConfiguration: Sendable {
  /// A numeric address to listen on.
  package var host = "127.0.0.1"
  /// The port; 0 lets the system choose.
  package var port = 0
  /// Whether an address other than a loopback one is allowed.
  package var allowsOtherHosts = false
  /// What the calls are made from.
  package var seed: UInt64 = 1
  package var scenario = Scenario.empty
  /// How many calls the scenario `history` has.
  package var callCount = 58_000
  package var rates = CallRates()
  package var credentials = AccountCredentials()
  package var clock = ClockSetting.real
  package var options = SimulatorOptions()
  package var faults = FaultPlan()
  /// Bytes of written calls that are kept.
  package var cacheBytes = 1_000_000_000

  /// An empty account on a free loopback port, in real time, without faults.
  package init() {}

  /// The account with its calls at the start.
  /// - Throws: a sentence when there are more calls than seconds.
  func account() throws(SimulatorError) -> SimulatedAccount {
    let beginning = Timestamp(seconds: 1_754_006_400)  // 2025-08-01T00:00:00Z
    let json = CallJSON(accountSID: credentials.accountSID, style: options.emptyFields)
    let timetable: Timetable
    switch scenario {
    case .empty: return SimulatedAccount(json)
    case .example87: return SimulatedAccount(json, calls: ExampleCalls(seed: seed, now: clock.now).calls())
    case .history:
      timetable = try Timetable(seed: seed, office: beginning, until: clock.now, count: callCount)
    case .steady: timetable = Timetable(seed: seed, steady: beginning)
    }
    return SimulatedAccount(
      json, stream: CallStream(seed: seed, timetable, rates, json, capacity: cacheBytes))
  }
}

/// How the simulator's clock goes.
package enum ClockSetting: Hashable, Sendable {
  /// The machine's clock moved by so many seconds; 0 is real time.
  case running(offsetSeconds: Int)
  /// Not moving until it is set again.
  case fixed(Timestamp)

  /// The machine's clock.
  package static let real = ClockSetting.running(offsetSeconds: 0)

  package var now: Timestamp {
    switch self {
    case .running(let offset):
      Timestamp(milliseconds: Int64(clamping: Date().timeIntervalSince1970 * 1000)).adding(seconds: offset)
    case .fixed(let moment): moment
    }
  }

  func advanced(bySeconds seconds: Int) -> ClockSetting {
    switch self {
    case .running(let offset): .running(offsetSeconds: offset.addingClamped(seconds))
    case .fixed(let moment): .fixed(moment.adding(seconds: seconds))
    }
  }
}

/// Which calls the account has.
package enum Scenario: String, Hashable, Sendable, CaseIterable {
  /// The 87 calls of the last 75 minutes: 62 outbound-api, 15 trunking-terminating, 10
  /// trunking-originating.
  case example87
  /// Calls from 2025-08-01 to the start of the simulator, spread like those of an office.
  case history
  /// 200 calls an hour since 2025-08-01, going on with the clock.
  case steady
  case empty
}
