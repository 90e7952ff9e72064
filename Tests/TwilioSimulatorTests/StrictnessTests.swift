import Testing
import TwilioSimulator

@Suite struct StrictnessTests {
  let simulation: Simulation

  init() throws {
    simulation = try Simulation(makeConfiguration())
    simulation.put([makeCall(1)])
  }

  @Test(
    "A parameter that Twilio does not document is refused with 400 and 20001",
    arguments: [
      "starttime%3E=2026-03-01", "StartTime%3E%3D=2026-03-01", "Direction=inbound", "AfterSid=\(makeSID(1))",
      "StartTime=%3E2026-03-01", "StartTime%3E=2026-02-30", "StartTime%3E=", "EndTime%3C=tomorrow",
      "Status=answered", "Status=COMPLETED", "ParentCallSid=CA1", "PageSize=0", "PageSize=1001",
      "PageSize=-1", "PageSize=ten", "Page=1", "Page=-1", "StartTime%3E=2026-03-01&StartTime%3E=2026-03-02",
    ])
  func refused(query: String) throws {
    let answer = try simulation.list(query)
    #expect(answer.status == 400)
    #expect(answer.code == 20001)
    #expect(answer.fields["status"] as? Int == 400)
    #expect(answer.fields["more_info"] as? String == "https://www.twilio.com/docs/errors/20001")
  }

  @Test(
    "A page token that was made up is refused with 21481",
    arguments: ["PA1", "PX\(makeSID(1))", "PA\(makeSID(2))", "PB\(makeSID(2))", "PA\(makeSID(1))0"])
  func badToken(token: String) throws {
    let answer = try simulation.list("PageSize=1&Page=1&PageToken=\(token)")
    #expect(answer.status == 400)
    #expect(answer.code == 21481)
  }

  @Test(
    "Names of parameters may be percent-encoded or raw",
    arguments: [
      "StartTime%3E=2026-03-01T11%3A00%3A00Z&StartTime%3C=2026-03-01T12%3A00%3A00Z",
      "StartTime>=2026-03-01T11:00:00Z&StartTime<=2026-03-01T12:00:00Z",
      "EndTime%3e=2026-03-01&To=%2B34600000022", "StartTime=2026-03-01&Status=completed",
    ])
  func names(query: String) throws {
    #expect(try simulation.list(query).sids == [makeSID(1)])
  }

  @Test("A path without .json is refused as a fault of the client")
  func suffix() throws {
    for path in [String(listPath.dropLast(5)), listPath.dropLast(5) + "/" + makeSID(1)] {
      let answer = try simulation.get(path)
      #expect(answer.status == 400)
      #expect(answer.code == 20001)
    }
  }

  @Test("What is not there is answered 404 and 20404")
  func unknown() throws {
    let account = "/2010-04-01/Accounts/\(credentials.accountSID)"
    for path in ["/Calls/\(makeSID(2)).json", "/Calls/1.json", "/Messages.json", "/Calls/a/b.json"] {
      let answer = try simulation.get(account + path)
      #expect(answer.status == 404)
      #expect(answer.code == 20404)
    }
    #expect(try simulation.get("/2011-01-01/Accounts.json").status == 404)
  }

  @Test("One call is answered with its own path, and refuses parameters")
  func oneCall() throws {
    let path = "/2010-04-01/Accounts/\(credentials.accountSID)/Calls/\(makeSID(1)).json"
    let answer = try simulation.get(path)
    #expect(answer.status == 200)
    #expect(answer.fields["uri"] as? String == path)
    #expect(try simulation.get(path + "?PageSize=1").code == 20001)
  }

  @Test("Other methods than GET are refused")
  func methods() throws {
    #expect(try simulation.get(listPath, method: "POST").status == 405)
  }

  @Test("A StartTime> outside the retention is refused with 20004, one inside is not")
  func retention() throws {
    var options = SimulatorOptions()
    options.retentionDays = 400
    simulation.options = options
    #expect(try simulation.list("StartTime%3E=2025-01-01").code == 20004)
    #expect(try simulation.list("StartTime%3E=2025-02-01").status == 200)
    #expect(try simulation.list("StartTime%3C=2025-01-01").status == 200)
  }
}
