import CallDomain
import Foundation
import Testing
import TwilioSimulator

@Suite struct ControlEndpointTests {
  @Test("Clock, calls, faults, options and requests are ruled over HTTP")
  func controls() async throws {
    try await withServer { server in
      let call = "{\"sid\":\"\(makeSID(1))\",\"start_time\":\"2026-03-02T11:00:00Z\"}"
      #expect(try await server.send("POST", "/_simulator/calls", call).status == 200)
      #expect((try await server.get(listPath).json?["calls"] as? [Any])?.count == 0)
      _ = try await server.send("POST", "/_simulator/clock", "{\"now\":\"2026-03-02T12:00:00Z\"}")
      #expect(try await server.get("/_simulator/clock").json?["now"] as? String == "2026-03-02T12:00:00.000Z")
      #expect((try await server.get(listPath).json?["calls"] as? [Any])?.count == 1)
      _ = try await server.send("POST", "/_simulator/options", "{\"retentionDays\":10,\"precision\":\"day\"}")
      #expect(try await server.get("\(listPath)?StartTime%3E=2026-01-01").json?["code"] as? Int == 20004)
      _ = try await server.send("POST", "/_simulator/faults", "1:503")
      #expect(try await server.get(listPath).status == 503)
      let requests = try await server.get("/_simulator/requests").json
      #expect(requests?["count"] as? Int == 4)
      #expect(
        ((requests?["requests"] as? [[String: Any]])?.map { $0["status"] as? Int }) == [200, 200, 400, 503])
      #expect(try await server.send("DELETE", "/_simulator/calls/\(makeSID(1))").status == 200)
      #expect((try await server.get(listPath).json?["calls"] as? [Any])?.count == 0)
      _ = try await server.send("POST", "/_simulator/reset")
      #expect(server.simulation.requests.isEmpty && server.simulation.now == noon)
      #expect(server.simulation.options == SimulatorOptions())
    }
  }

  @Test("A call is altered, left out of the list, and removed, one by one")
  func singleCalls() async throws {
    try await withServer { server in
      let sid = makeSID(1)
      let one = listPath.replacing("Calls.json", with: "Calls/\(sid).json")
      _ = try await server.send(
        "POST", "/_simulator/calls",
        "{\"sid\":\"\(sid)\",\"start_time\":\"2026-03-01T11:00:00Z\",\"price\":\"-1\"}")
      #expect(try await server.send("PATCH", "/_simulator/calls/\(sid)", "{\"price\":\"-2\"}").status == 200)
      let listed = try await server.get(listPath).json?["calls"] as? [[String: Any]]
      #expect(listed?.map { $0["price"] as? String } == ["-2"])
      #expect(listed?.first?["start_time"] as? String == "Sun, 01 Mar 2026 11:00:00 +0000")
      #expect(try await server.send("POST", "/_simulator/lost/\(sid)").status == 200)
      #expect((try await server.get(listPath).json?["calls"] as? [Any])?.isEmpty == true)
      #expect(try await server.get(one).json?["price"] as? String == "-2")
      #expect(try await server.send("PATCH", "/_simulator/calls/\(sid)", "{\"price\":null}").status == 200)
      #expect((try await server.get(listPath).json?["calls"] as? [Any])?.isEmpty == true)
      #expect(try await server.get(one).json?["price"] is NSNull)
      #expect(try await server.send("DELETE", "/_simulator/calls/\(sid)").status == 200)
      #expect(try await server.get(one).status == 404)
    }
  }

  @Test("A control request that cannot be followed gets 400 and a sentence")
  func refused() async throws {
    try await withServer { server in
      for (method, path, content) in [
        ("POST", "clock", "{}"), ("POST", "faults", "x"), ("POST", "calls", "[1]"), ("POST", "nothing", ""),
        ("POST", "options", "{\"precision\":\"week\"}"), ("POST", "options", "[]"),
        ("DELETE", "calls/\(makeSID(1))", ""), ("PATCH", "calls/\(makeSID(1))", "{}"),
        ("PATCH", "calls/\(makeSID(1))", "[]"), ("POST", "lost/\(makeSID(1))", ""), ("GET", "faults", ""),
      ] {
        let answer = try await server.send(method, "/_simulator/\(path)", content)
        #expect(answer.status == 400)
        #expect((answer.json?["error"] as? String)?.isEmpty == false)
      }
      let help = try await server.get("/_simulator/")
      #expect(help.status == 200)
    }
  }

  @Test("A taken port is refused with a sentence")
  func takenPort() async throws {
    try await withServer { server in
      var configuration = makeConfiguration()
      configuration.port = server.port
      await #expect(throws: SimulatorError.self) { try await SimulatorServer.start(configuration) }
    }
  }
}
