import CallDomain
import TwilioSimulator

/// Calls that tests put into the simulated account.
enum TestCalls {
  /// So many `outbound-api` calls of the last half hour, one a second backwards, that are still going on:
  /// they have no end, so the listing by end is empty and the listing by start has all pages.
  static func open(_ count: Int, now: Timestamp) -> [SimulatedCall] {
    (0..<count).map { index in
      let created = now.wholeSecond.adding(seconds: -1800 - index)
      return SimulatedCall(
        sid: sid(index), from: OwnNumber.all[index % 17].number, to: lead(index),
        life: CallLife(created: created, dialled: created, answered: created))
    }
  }

  /// The same, ended and priced.
  static func settled(_ count: Int, now: Timestamp, price: String = "-0.02000") -> [SimulatedCall] {
    open(count, now: now).map { call in
      var call = call
      call.life.ended = call.life.created.adding(seconds: 60)
      call.life.priced = call.life.created.adding(seconds: 90)
      call.price = price
      return call
    }
  }

  static func sid(_ index: Int) -> String {
    let digits = String(index, radix: 16)
    return "CA" + String(repeating: "0", count: 32 - digits.count) + digits
  }

  static func lead(_ index: Int) -> String {
    "+34600\(String(1_000_000 + index).dropFirst())"
  }
}

extension Simulation {
  /// Sets what goes wrong, in the words of the simulator's help.
  func setFaults(_ script: String) throws {
    setFaults(try FaultPlan(text: script))
  }

  /// Sets the time before every answer, and how many requests may be in flight (nil: any number).
  func setLoad(latencyMilliseconds: Int, concurrencyLimit: Int?) {
    options.latencyMilliseconds = latencyMilliseconds
    options.concurrencyLimit = concurrencyLimit
  }

  /// The requests for pages of the list so far.
  var listRequests: Int { requests.count { $0.target.contains("/Calls.json") } }
}
