import CallDomain
import Foundation
import Testing
import TwilioSimulator
import WebServer

/// 2026-03-01T12:00:00Z, the hour at which most tests take place.
let noon = Timestamp(seconds: 1_772_366_400)

let credentials = AccountCredentials()

let basic = "Basic " + Data("\(credentials.accountSID):\(credentials.authToken)".utf8).base64EncodedString()

let listPath = "/2010-04-01/Accounts/\(credentials.accountSID)/Calls.json"

func makeConfiguration(
  scenario: Scenario = .empty, seed: UInt64 = 7, now: Timestamp = noon, callCount: Int = 500,
  options: SimulatorOptions = SimulatorOptions(), faults: FaultPlan = FaultPlan(),
  rates: CallRates = CallRates()
) -> SimulatorConfiguration {
  var configuration = SimulatorConfiguration()
  configuration.scenario = scenario
  configuration.seed = seed
  configuration.clock = .fixed(now)
  configuration.callCount = callCount
  configuration.options = options
  configuration.faults = faults
  configuration.rates = rates
  return configuration
}

func makeSID(_ number: Int) -> String {
  let digits = String(number, radix: 16)
  return "CA" + String(repeating: "0", count: 32 - digits.utf8.count) + digits
}

func makeLife(
  created: Timestamp = noon.adding(seconds: -600), rings: Int = 2, talks: Int? = 60,
  pricedAfter: Int? = 30,
  outcome: String = "completed"
) -> CallLife {
  let dialled = created.adding(seconds: 1)
  let answered = dialled.adding(seconds: rings)
  let ended = talks.map { answered.adding(seconds: $0) }
  return CallLife(
    created: created, dialled: dialled, answered: answered, ended: ended,
    priced: pricedAfter.flatMap { after in ended?.adding(seconds: after) }, outcome: outcome)
}

func makeCall(
  _ number: Int, direction: String = "outbound-api", from: String = "+34911679860",
  to: String = "+34600000022", life: CallLife = makeLife(), price: String? = "-0.05600"
) -> SimulatedCall {
  SimulatedCall(
    sid: makeSID(number), direction: direction, from: from, to: to, life: life, price: price)
}

/// A JSON object of an answer.
struct Answer {
  let status: Int
  let body: [UInt8]
  let fields: [String: Any]

  init(status: Int, body: [UInt8]) throws {
    self.status = status
    self.body = body
    fields = try #require(JSONSerialization.jsonObject(with: Data(body)) as? [String: Any])
  }

  var code: Int? { fields["code"] as? Int }
  var calls: [[String: Any]] { fields["calls"] as? [[String: Any]] ?? [] }
  var sids: [String] { calls.compactMap { $0["sid"] as? String } }
  var next: String? { fields["next_page_uri"] as? String }
  var previous: String? { fields["previous_page_uri"] as? String }
}

extension Simulation {
  /// Asks for a root-relative URI with the account's credentials.
  func get(_ uri: String, method: String = "GET", authorization: String? = basic) throws -> Answer {
    let target = try #require(RequestTarget(uri))
    let answer = answer(method: method, target: target, authorization: authorization)
    return try Answer(status: answer.status, body: answer.body)
  }

  func list(_ query: String = "") throws -> Answer {
    try get(query.isEmpty ? listPath : "\(listPath)?\(query)")
  }

  /// Every page of a list, following `next_page_uri`.
  func pages(_ query: String = "") throws -> [Answer] {
    var pages = [try list(query)]
    while let next = pages.last?.next {
      pages.append(try get(next))
      try #require(pages.count < 2000)
    }
    return pages
  }
}

/// The seed of a property test, from `TEST_SEED` to run one again.
func testSeed() -> UInt64 {
  let given = ProcessInfo.processInfo.environment["TEST_SEED"].flatMap { UInt64($0) }
  let seed = given ?? UInt64.random(in: 0...UInt64.max)
  print("TEST_SEED=\(seed)")
  return seed
}
