import CallDomain
import TestSupport
import Testing
import WebAPI
import WebServer

@Suite("What only a socket can show", .timeLimit(.minutes(2)))
struct LiveServiceTests {
  @Test(
    "A client that hangs up does not abort a run",
    arguments: [[], [("Accept", "application/x-ndjson")]])
  func hangUp(headers: [(String, String)]) async throws {
    let ending = Gate<Result<SyncRun, RunFailure>>()
    let ended = Gate<RunState>()
    let service = RecordedService(start: { order in
      StartedRun(makeRunningRun(kind: order.kind)) {
        let result = await ending.wait()
        ended.open((try? result.get().state) ?? .failed)
        return result
      }
    })
    try await LiveClient.serving(service.makeRoutes()) { client in
      let socket = try await client.send(
        Question(
          method: "POST", target: "/api/sync-twilio-hourly",
          headers: [("Authorization", "Bearer \(service.secret)")] + headers))
      await ending.untilWaiting()
      socket.reset()
      // The server is still there and has seen another client before the run ends.
      #expect(try await client.ask("GET", "/health").status == 200)
      ending.open(.success(makeRun()))
      #expect(await ended.wait() == .succeeded)
    }
  }

  @Test(
    "What the server refuses by itself is answered like all other errors",
    arguments: [
      (Question(method: "POST", target: "/health", body: String(repeating: "x", count: 100_000)), 413),
      (Question(target: "/" + String(repeating: "x", count: 10_000)), 414),
      (Question(target: "/health", headers: [("X-Long", String(repeating: "x", count: 60_000))]), 431),
      (Question(target: "/health", headers: [("Content-Length", "x")]), 400),
      (Question(target: "/a/../health"), 400),
    ])
  func refusals(refused: (question: Question, status: Int)) async throws {
    try await LiveClient.serving(RecordedService().makeRoutes()) { client in
      let answer = try await client.ask(refused.question)
      #expect(answer.status == refused.status)
      #expect(answer.closes)
      #expect(answer.headers["Content-Type"] == "application/json; charset=utf-8")
      #expect(answer.body.hasPrefix(#"{"success":false,"error":""#))
    }
  }

  @Test("A wrong secret is reported with the address of its connection")
  func address() async throws {
    let service = RecordedService()
    try await LiveClient.serving(service.makeRoutes()) { client in
      _ = try await client.ask("GET", "/api/sync-runs", authorization: "Bearer wrong")
    }
    #expect(
      service.events.first
        == .secretRefused(
          requestID: "made-1", route: "/api/sync-runs", address: "127.0.0.1", limited: false))
  }
}
