import Testing
import WebServer

@Suite("Router")
struct RouterTests {
  private var router: Router<String> {
    var router = Router<String>()
    router.on("/api/runs", .get, .head, handler: "list")
    router.on("/api/runs/{id}", .get, handler: "one")
    router.on("/api/runs/latest", .get, handler: "latest")
    router.on("/api/runs/{id}/calls/{sid}", .post, handler: "call")
    return router
  }

  private func found(_ path: String, _ method: HTTPMethod = .get) -> (String, [String: String])? {
    guard case .found(let handler, _, let parameters) = router.match(path: path, method: method) else {
      return nil
    }
    return (handler, parameters)
  }

  @Test("a path and a method lead to their handler with the names in the path")
  func matches() throws {
    #expect(found("/api/runs")?.0 == "list")
    #expect(found("/api/runs", .head)?.0 == "list")
    #expect(found("/api/runs/latest")?.0 == "latest")
    let one = try #require(found("/api/runs/7"))
    #expect(one == ("one", ["id": "7"]))
    // A slash under an accent is a slash.
    let accented = try #require(found("/api/runs/\u{301}"))
    #expect(accented == ("one", ["id": "\u{301}"]))
    let call = try #require(found("/api/runs/7/calls/a b", .post))
    #expect(call == ("call", ["id": "7", "sid": "a b"]))
  }

  @Test(
    "another path is not found, whatever the method",
    arguments: [
      "", "/", "/api", "/api/runs/", "/api/runs/7/", "/api/runs/7/calls", "/API/runs", "//api/runs", "*",
    ])
  func notFound(path: String) {
    guard case .notFound = router.match(path: path, method: .get) else {
      Issue.record("\(path) was found")
      return
    }
    #expect(router.pattern(of: path) == nil)
  }

  @Test("a known path with another method tells which are allowed")
  func notAllowed() {
    guard case .methodNotAllowed(let pattern, let allow) = router.match(path: "/api/runs", method: .post)
    else {
      Issue.record("POST was not refused")
      return
    }
    #expect(pattern == "/api/runs")
    #expect(allow == [.get, .head])
    #expect(router.pattern(of: "/api/runs/9") == "/api/runs/{id}")
  }
}
