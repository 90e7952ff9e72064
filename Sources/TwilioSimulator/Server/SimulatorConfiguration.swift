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
  /// Which calls there are.
  package var scenario = Scenario.empty
  /// How many calls the scenario `history` has.
  package var callCount = 58_000
  /// How often calls have an unusual life.
  package var rates = CallRates()
  /// What opens the account.
  package var credentials = AccountCredentials()
  /// How the clock goes.
  package var clock = ClockSetting.real
  /// How the list behaves.
  package var options = ListingOptions()
  /// What goes wrong.
  package var faults = FaultPlan()
  /// Milliseconds before every answer of the API.
  package var latencyMilliseconds = 0
  /// Requests in flight beyond which 429 is answered; nil for no limit.
  package var concurrencyLimit: Int?
  /// Bytes of written calls that are kept.
  package var cacheBytes = 1_000_000_000
  /// The machine's clock.
  package var machineClock: @Sendable () -> Moment = {
    Moment(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// An empty account on a free loopback port, in real time, without faults.
  package init() {}

  func callJSON(_ options: ListingOptions) -> CallJSON {
    CallJSON(accountSID: credentials.accountSID, style: options.emptyFields)
  }
}
