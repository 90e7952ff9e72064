import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite struct FaultsOverSocketTests {
  private func answer(_ script: String, _ uri: String = listPath) async throws -> LiveAnswer {
    var configuration = makeConfiguration(scenario: .history, callCount: 100)
    configuration.faults = try FaultPlan(text: script)
    var result: LiveAnswer?
    try await withServer(configuration) { result = try await $0.get(uri) }
    return try #require(result)
  }

  @Test("Without a fault a page comes with Twilio's headers and the simulator's date")
  func right() async throws {
    let answer = try await answer("")
    #expect(answer.status == 200)
    #expect(answer.length == answer.body.count)
    #expect(answer.json?["calls"] != nil)
    #expect(answer.header("Content-Type") == "application/json;charset=utf-8")
    #expect(answer.header("Twilio-Request-Id")?.hasPrefix("RQ") == true)
    #expect(answer.header("Twilio-Request-Id")?.utf8.count == 34)
    #expect(answer.header("Date") == "Sun, 01 Mar 2026 12:00:00 GMT")
    for name in [
      "X-Home-Region", "X-API-Domain", "X-Powered-By", "X-Shenanigans", "Twilio-Concurrent-Requests",
    ] {
      #expect(answer.header(name) != nil)
    }
  }

  @Test(
    "A refusing fault is answered with its status and code",
    arguments: [("429", 429, 20429), ("401", 401, 20003), ("500", 500, 20500), ("503", 503, 20503)])
  func refusals(fault: String, status: Int, code: Int) async throws {
    let answer = try await answer("1:\(fault)")
    #expect(answer.status == status)
    #expect(answer.json?["code"] as? Int == code)
    #expect(answer.header("Retry-After") == nil)
    #expect(answer.header("Twilio-Request-Id") != nil)
  }

  @Test("429 carries Retry-After when asked to")
  func retryAfter() async throws {
    #expect(try await answer("1:429=3").header("Retry-After") == "3")
  }

  @Test("HTML, empty and wrongly declared bodies are served as such")
  func bodies() async throws {
    let html = try await answer("1:html=503")
    #expect(html.status == 503 && html.header("Content-Type") == "text/html")
    #expect(html.body.starts(with: Array("<!DOCTYPE html>".utf8)))
    let empty = try await answer("1:empty")
    #expect(empty.status == 200 && empty.body.isEmpty && empty.length == 0)
    let declared = try await answer("1:content-type")
    #expect(declared.header("Content-Type") == "text/html; charset=utf-8" && declared.json != nil)
  }

  @Test("Times are cut to their days in those requests, and over the control route from some moment on")
  func wholeDays() async throws {
    var configuration = makeConfiguration(scenario: .history, callCount: 100)
    configuration.faults = try FaultPlan(text: "2n:whole-days")
    try await withServer(configuration) { server in
      let call = "{\"sid\":\"CA\(String(repeating: "0", count: 32))\",\"date_created\":\"\(noon.iso8601)\"}"
      _ = try await server.send("POST", "/_simulator/calls", call)
      func calls() async throws -> Int {
        let day = "/2010-04-01/Accounts/\(AccountCredentials().accountSID)/Calls.json?PageSize=1000"
        let answer = try await server.get(
          day + "&StartTime%3E=2025-08-01T00:00:01Z&StartTime%3C=\(noon.iso8601.prefix(10))T23:59:59Z")
        return (answer.json?["calls"] as? [Any])?.count ?? -1
      }
      let whole = try await [calls(), calls(), calls(), calls()]
      #expect(whole[0] > whole[1] && whole == [whole[0], whole[1], whole[0], whole[1]])
      _ = try await server.send("POST", "/_simulator/faults", "*:whole-days")
      #expect(try await [calls(), calls()] == [whole[1], whole[1]])
      _ = try await server.send("POST", "/_simulator/faults", "2-:whole-days")
      #expect(try await [calls(), calls(), calls()] == [whole[0], whole[1], whole[1]])
    }
  }

  @Test("Malformed JSON is whole as HTTP, truncated JSON is not")
  func broken() async throws {
    let malformed = try await answer("1:malformed")
    #expect(malformed.length == malformed.body.count && malformed.json == nil && malformed.body.count > 1000)
    let truncated = try await answer("1:truncated")
    let length = try #require(truncated.length)
    #expect(truncated.status == 200 && truncated.body.count == length / 2)
  }

  @Test("A reset connection brings nothing")
  func reset() async throws {
    let answer = try await answer("1:reset")
    #expect(answer.bytes == 0)
    #expect(answer.ending == .reset)
  }

  @Test(
    "A stalled request gets nothing while others are served",
    arguments: ["list/1:stall", "list/1:stall-body", "*:too-slow=50"])
  func stall(script: String) async throws {
    var configuration = makeConfiguration(scenario: .history, callCount: 100)
    configuration.faults = try FaultPlan(text: script)
    let server = try await SimulatorServer.start(configuration)
    let client = try await server.connect("\(listPath)?PageSize=100")
    let head = script.hasSuffix("body") ? await client.read(count: 1) : nil
    while server.simulation.requests.isEmpty { await Task.yield() }
    #expect(try await server.get(listPath).status == 200)
    async let stalled = client.readToEnd()
    await server.stop()
    let answer = LiveAnswer(await stalled)
    #expect(answer.bytes == 0 || head != nil && answer.body.count < answer.length ?? 0)
  }

  @Test(
    "A page behind the first one is refused as its token is, the first one is not",
    arguments: [
      ("refused", 400, 70002), ("refused=404@20404", 404, 20404), ("refused=404", 404, nil),
      ("refused=410", 410, nil),
    ] as [(String, Int, Int?)])
  func refusedToken(fault: String, status: Int, code: Int?) async throws {
    var configuration = makeConfiguration(scenario: .history, callCount: 100)
    configuration.faults = try FaultPlan(text: "next/*:\(fault)")
    try await withServer(configuration) { server in
      let first = try await server.get(listPath)
      let next = try #require(first.json?["next_page_uri"] as? String)
      let answer = try await server.get(next)
      #expect(first.status == 200 && answer.status == status)
      #expect(answer.json?["message"] != nil && answer.json?["code"] as? Int == code)
    }
  }

  @Test("A page of more calls than are allowed fails, others are answered")
  func tooLarge() async throws {
    for (size, status) in [(50, 200), (200, 200), (201, 500), (1000, 500)] {
      let answer = try await answer("*:too-large=200", "\(listPath)?PageSize=\(size)")
      #expect(answer.status == status)
      #expect(answer.json?["code"] as? Int == (status == 500 ? 20500 : nil))
    }
  }

  @Test("A redirect leads to another host, and so does a foreign next page")
  func otherHosts() async throws {
    let redirect = try await answer("1:redirect=301@other.example")
    #expect(redirect.status == 301)
    #expect(redirect.header("Location")?.hasPrefix("https://other.example/") == true)
    for size in [50, 1000] {
      let page = try await answer("1:next-page=other.example", "\(listPath)?PageSize=\(size)")
      #expect(
        (page.json?["next_page_uri"] as? String)?.hasPrefix("https://other.example/2010-04-01/") == true)
      #expect(page.length == page.body.count)
    }
  }

  @Test("A body of 20 MB is sent whole")
  func huge() async throws {
    let answer = try await answer("1:huge")
    #expect(answer.body.count > 20_000_000)
    #expect(answer.body.count == answer.length)
  }

  @Test("Slow bytes and latency delay an answer and leave it right")
  func slow() async throws {
    let clock = ContinuousClock()
    var answers: [LiveAnswer] = []
    let time = try await clock.measure {
      let path = "\(listPath)?To=nobody"
      answers = [try await answer("1:slow=2", path), try await answer("1:latency=50", path)]
    }
    #expect(time > .milliseconds(100))
    for answer in answers { #expect(answer.json?["calls"] != nil && answer.length == answer.body.count) }
  }

  @Test("The Date header can be skewed or blank")
  func dates() async throws {
    #expect(try await answer("1:date=-400").header("Date") == "Sun, 01 Mar 2026 11:53:20 GMT")
    #expect(try await answer("1:no-date").header("Date")?.isEmpty != false)
  }

  @Test("401 once, then 200; a later rule by kind of request")
  func sequence() async throws {
    var configuration = makeConfiguration()
    configuration.faults = try FaultPlan(text: "1:401; call/1:500")
    try await withServer(configuration) { server in
      server.simulation.put([makeCall(1)])
      let path = "\(listPath.dropLast(5))/\(makeSID(1)).json"
      var statuses: [Int] = []
      for uri in [listPath, listPath, path, path] { statuses.append(try await server.get(uri).status) }
      #expect(statuses == [401, 200, 500, 200])
      #expect(server.simulation.requests.map(\.status) == statuses)
      #expect(server.simulation.requests.map(\.faulted) == [true, false, true, false])
      #expect(server.simulation.requests.map(\.target) == [listPath, listPath, path, path])
    }
  }

  @Test("A single call can be answered with the body of another")
  func otherCall() async throws {
    var configuration = makeConfiguration()
    configuration.faults = try FaultPlan(text: "call/1:other-call")
    try await withServer(configuration) { server in
      server.simulation.put([makeCall(1)])
      let path = "\(listPath.dropLast(5))/\(makeSID(1)).json"
      let answers = try await [server.get(path), server.get(path)]
      #expect(answers.map(\.status) == [200, 200])
      #expect(
        answers.map { $0.json?["sid"] as? String } == [
          "CA" + String(repeating: "f", count: 32), "\(makeSID(1))",
        ])
    }
  }

  @Test("More requests in flight than allowed get 429")
  func concurrency() async throws {
    var configuration = makeConfiguration()
    configuration.faults = try FaultPlan(text: "1:stall")
    configuration.options.concurrencyLimit = 1
    try await withServer(configuration) { server in
      let client = try await server.connect(listPath)
      while server.simulation.requests.isEmpty { await Task.yield() }
      let answer = try await server.get(listPath)
      #expect(answer.status == 429)
      #expect(answer.json?["code"] as? Int == 20429)
      client.close()
    }
  }
}
