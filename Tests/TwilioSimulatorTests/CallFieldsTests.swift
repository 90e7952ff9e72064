import CallDomain
import Foundation
import Testing
import TwilioSimulator

@Suite struct CallFieldsTests {
  private func shown(
    _ call: SimulatedCall, style: EmptyFieldStyle = .real, after seconds: Int
  ) throws -> [String: Any] {
    var options = SimulatorOptions()
    options.emptyFields = style
    let now = call.life.created.adding(seconds: seconds)
    let simulation = try Simulation(makeConfiguration(now: now, options: options))
    simulation.put([call])
    return try #require(try simulation.list().calls.first)
  }

  @Test("A call's fields follow its life")
  func life() throws {
    let call = makeCall(1)
    let queued = try shown(call, after: 0)
    #expect(queued["start_time"] is NSNull && queued["duration"] is NSNull)
    #expect(queued["price_unit"] as? String == "USD")
    let live = try shown(call, after: 10)
    #expect(live["status"] as? String == "in-progress")
    #expect(live["start_time"] as? String == call.life.dialled?.rfc2822)
    #expect(live["end_time"] is NSNull)
    let done = try shown(call, after: 63)
    #expect(done["duration"] as? String == "62")
    #expect(done["price"] is NSNull)
    #expect(done["date_updated"] as? String == call.life.ended?.rfc2822)
    let billed = try shown(call, after: 93)
    #expect(billed["price"] as? String == "-0.05600")
    #expect(billed["date_updated"] as? String == call.life.priced?.rfc2822)
  }

  @Test("An unanswered call shows what the documents say or what real answers show")
  func unanswered() throws {
    let created = noon.adding(seconds: -600)
    let life = CallLife(
      created: created, dialled: created, ended: created.adding(seconds: 20), outcome: "busy")
    let real = try shown(makeCall(1, life: life, price: nil), after: 30)
    #expect(real["end_time"] as? String == life.ended?.rfc2822)
    #expect(real["duration"] as? String == "0")
    #expect(real["trunk_sid"] as? String == "" && real["caller_name"] as? String == "")
    let documented = try shown(makeCall(1, life: life, price: nil), style: .documented, after: 30)
    #expect(documented["end_time"] is NSNull)
    #expect(documented["duration"] as? String == "")
    #expect(documented["trunk_sid"] is NSNull)
    #expect(real["price"] is NSNull && documented["price"] is NSNull)
  }

  @Test("A listing lag hides new calls from the list but not from those who know the SID")
  func lag() throws {
    var options = SimulatorOptions()
    options.lagSeconds = 120
    let simulation = try Simulation(makeConfiguration(options: options))
    simulation.put([makeCall(1, life: makeLife(created: noon.adding(seconds: -60)))])
    #expect(try simulation.list().sids == [])
    let path = "/2010-04-01/Accounts/\(credentials.accountSID)/Calls/\(makeSID(1)).json"
    #expect(try simulation.get(path).status == 200)
    simulation.advanceClock(bySeconds: 60)
    #expect(try simulation.list().sids == [makeSID(1)])
  }

  @Test("A call given as JSON is served as given, with defaults for the rest")
  func document() throws {
    let simulation = try Simulation(makeConfiguration())
    try simulation.put(
      json: """
        [{"sid":"\(makeSID(1))","start_time":"2026-03-01T11:30:00Z","from":"a\\"b\\u0001","duration":61,
          "x_new":{"a":[1,null]},"_omit":["price","to"],"status":"weird"},
         {"sid":"\(makeSID(2))","start_time":"not a date","date_created":"2026-03-01T11:00:00Z"},
         {"sid":"\(makeSID(3))","_listed_at":"2026-03-01T12:00:10Z"}]
        """)
    let calls = try simulation.list("StartTime%3E=2026-03-01T10:00:00Z").calls
    #expect(calls.map { $0["sid"] as? String } == [makeSID(1), makeSID(2)])
    #expect(calls[0]["start_time"] as? String == "Sun, 01 Mar 2026 11:30:00 +0000")
    #expect(calls[0]["from"] as? String == "a\"b\u{1}")
    #expect(calls[0]["duration"] as? Int == 61)
    #expect(calls[0]["price"] == nil && calls[0]["to"] == nil && calls[0]["x_new"] != nil)
    #expect(calls[0]["direction"] as? String == "outbound-api")
    #expect(calls[1]["start_time"] as? String == "not a date")
    simulation.advanceClock(bySeconds: 10)
    #expect(try simulation.list().sids.first == makeSID(3))
  }

  @Test("JSON that is no call is refused and adds nothing")
  func badDocument() throws {
    let simulation = try Simulation(makeConfiguration())
    for json in ["", "[1]", "{\"sid\":\"CA1\"}", "[{\"sid\":\"\(makeSID(1))\"},{}]"] {
      #expect(throws: SimulatorError.self) { try simulation.put(json: json) }
    }
    #expect(try simulation.list().sids == [])
  }
}
