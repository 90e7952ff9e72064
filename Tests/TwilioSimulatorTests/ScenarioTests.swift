import CallDomain
import Foundation
import Testing
import TwilioSimulator

@Suite struct ScenarioTests {
  private func value(_ call: [String: Any], _ key: String) -> String { call[key] as? String ?? "" }

  private func digits(_ text: String) -> String {
    let user = text.split(separator: "@")[0]
    let number = user.filter(\.isNumber)
    return number.hasPrefix("0034") ? String(number.dropFirst(2)) : number
  }

  @Test("The example has 62, 15 and 10 calls from 17 own numbers, all settled, within 75 minutes")
  func example() throws {
    for seed in [1, 2, 3] as [UInt64] {
      let simulation = try Simulation(makeConfiguration(scenario: .example87, seed: seed))
      let query = "StartTime%3E=\(noon.adding(seconds: -60 * 60).iso8601)&PageSize=1000"
      let calls = try simulation.list(query).calls
      let byDirection = Dictionary(grouping: calls) { value($0, "direction") }
      #expect(
        byDirection.mapValues(\.count) == [
          "outbound-api": 62, "trunking-terminating": 15, "trunking-originating": 10,
        ])
      let outgoing = calls.filter { value($0, "direction") != "trunking-originating" }
      let own = Set(outgoing.map { "+" + digits(value($0, "from")) })
      #expect(own == Set(OwnNumber.all.map(\.number)))
      let leads = Set(outgoing.map { value($0, "to") })
      for transfer in byDirection["trunking-originating"] ?? [] {
        #expect(leads.contains(value(transfer, "from")))
        #expect(value(transfer, "to").hasPrefix("sip"))
      }
      for call in calls {
        let isCompleted = value(call, "status") == "completed"
        #expect(isCompleted || ["busy", "no-answer"].contains(value(call, "status")))
        #expect(isCompleted == (call["price"] is String))
        let updated = try #require(Timestamp(rfc2822: value(call, "date_updated")))
        #expect(updated <= noon.adding(seconds: -4 * 60))
      }
    }
  }

  @Test("17 own numbers are spread over the workspaces 1, 4, 5 and 6")
  func phones() {
    #expect(Set(OwnNumber.all.map(\.number)).count == 17)
    #expect(
      Dictionary(grouping: OwnNumber.all, by: \.workspace).mapValues(\.count) == [1: 5, 4: 4, 5: 4, 6: 4])
    #expect(SimulatorArguments.phones.hasPrefix("+34911679860\t1\n+34911679861\t4\n"))
  }

  @Test("The same seed gives the same bytes, another one others", arguments: Scenario.allCases)
  func seeds(scenario: Scenario) throws {
    func body(_ seed: UInt64) throws -> [UInt8] {
      try Simulation(makeConfiguration(scenario: scenario, seed: seed)).list("PageSize=100").body
    }
    #expect(try body(5) == body(5))
    #expect(try (body(5) == body(6)) == (scenario == .empty))
  }

  @Test("A history has as many calls as asked for: many in office hours, few at night, none in some weeks")
  func officeHours() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history, callCount: 6000))
    let calls = try simulation.pages("PageSize=1000").flatMap(\.calls)
    let created = calls.compactMap { Timestamp(rfc2822: value($0, "date_created")) }
    #expect(created.count == 6000 && Set(created).count == 6000)
    #expect(Set(calls.map { value($0, "sid") }).count == 6000)
    let byHour = Dictionary(grouping: created) { $0.seconds % 86_400 / 3600 }.mapValues(\.count)
    #expect((byHour[9] ?? 0) > 50 * (byHour[2] ?? 0))
    // 1970-01-01 was a Thursday.
    let byWeekday = Dictionary(grouping: created) { ($0.seconds / 86_400 + 4) % 7 }.mapValues(\.count)
    #expect((1...(byWeekday[1] ?? 0) / 3).contains(byWeekday[0] ?? 0))
    let christmas = try #require(Timestamp(year: 2025, month: 12, day: 24))
    let end = christmas.adding(seconds: 14 * 86_400)
    #expect(!created.contains { $0 >= christmas && $0 < end })
  }

  @Test("More calls than seconds are refused with a sentence")
  func impossibleHistory() {
    #expect(throws: SimulatorError.self) {
      try Simulation(makeConfiguration(scenario: .history, callCount: 100_000_000))
    }
  }

  @Test("A stream mixes every direction, SIP form, spelling and kind of caller")
  func variety() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history, callCount: 6000))
    let calls = try simulation.pages("PageSize=1000").flatMap(\.calls)
    let directions = Set(calls.map { value($0, "direction") })
    #expect(
      directions.isSuperset(of: [
        "inbound", "outbound-api", "outbound-dial", "trunking-terminating", "trunking-originating",
        "outbound-hologram",
      ]))
    #expect(Set(calls.map { value($0, "status") }).contains("transferred"))
    let transfers = calls.filter { value($0, "direction") == "trunking-originating" }
    for piece in ["sip:+", "sips:", "%2B", "livekit", "ie1.twilio.com", ";transport=tls", ":5061", "sip:34"] {
      #expect(transfers.contains { value($0, "to").contains(piece) }, "\(piece)")
    }
    #expect(transfers.contains { value($0, "to").hasPrefix("+34") })
    for withheld in ["anonymous", "+266696687", ""] {
      #expect(transfers.contains { value($0, "from") == withheld })
    }
    #expect(calls.contains { $0["simulated_hint"] != nil })
    let leads = Set(calls.filter { value($0, "direction") == "outbound-api" }.map { value($0, "to") })
    #expect(transfers.filter { leads.contains(value($0, "from")) }.count > transfers.count / 2)
  }

  @Test("A steady account gets 200 calls an hour while the clock moves on")
  func steady() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .steady))
    func count(_ from: Timestamp, _ to: Timestamp) throws -> Int {
      try simulation.pages(
        "StartTime%3E=\(from.iso8601)&StartTime%3C=\(to.iso8601)&PageSize=1000"
      ).flatMap(\.sids).count
    }
    let next = noon.adding(seconds: 3600)
    #expect(try count(noon, next) <= 1)
    simulation.advanceClock(bySeconds: 3600)
    #expect(try (198...202).contains(count(noon, next)))
    let later = noon.adding(seconds: 3 * 86_400)
    simulation.setClock(.fixed(later))
    let calls = try simulation.pages("StartTime%3C=\(noon.iso8601)&StartTime%3E=2026-02-25&PageSize=1000")
      .flatMap(\.calls)
    let completed = calls.filter { value($0, "status") == "completed" }
    let unpriced = completed.filter { $0["price"] is NSNull }
    #expect((1...30).contains(unpriced.count * 1000 / completed.count))
    #expect(calls.contains { value($0, "status") == "in-progress" })
  }
}
