import CallDomain
import Foundation
import Testing
import WebAPI
import WebServer

@Suite("Every route")
struct RouteRulesTests {
  /// What `Reference.md` promises of a path.
  private struct Promise: Hashable {
    var methods: [HTTPMethod]
    var access: RouteAccess
    var startsSomething = false
    /// What it answers to a request with the secret and nothing else.
    var status = 200
  }

  private static let promises: [String: Promise] = [
    "/api/sync-twilio-hourly": Promise(methods: [.get, .post], access: .bearer, startsSomething: true),
    "/api/resync-twilio-historical": Promise(methods: [.get, .post], access: .bearer, startsSomething: true),
    "/api/reattribute": Promise(methods: [.post], access: .bearer, startsSomething: true),
    "/api/audit": Promise(methods: [.post], access: .bearer, startsSomething: true),
    "/api/phones": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/api/phones/{number}": Promise(methods: [.put], access: .bearer, startsSomething: true),
    "/phones": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/api/sync-runs": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/api/sync-runs/{id}": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/api/sync-status": Promise(methods: [.get, .head], access: .figures),
    "/metrics": Promise(methods: [.get, .head], access: .figures),
    "/api/calls": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/api/calls.csv": Promise(methods: [.get], access: .bearerOrBasic),
    "/api/calls/{sid}": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/calls": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/calls/{sid}": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/search": Promise(methods: [.post], access: .bearerOrBasic, status: 400),
    "/runs/{id}": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/": Promise(methods: [.get, .head], access: .bearerOrBasic),
    "/health": Promise(methods: [.get, .head], access: .open),
    "/ready": Promise(methods: [.get, .head], access: .open),
    "/openapi.json": Promise(methods: [.get, .head], access: .open),
  ]

  private static let routes = RecordedService.complete().makeRoutes().all
  private static let allMethods: [HTTPMethod] = [
    .get, .head, .post, .put, .patch, .delete, .options, .trace, HTTPMethod("BREW"),
  ]

  private static func path(_ route: Route) -> String {
    route.pattern.replacing("{id}", with: "7").replacing("{sid}", with: exampleSID.text)
      .replacing("{number}", with: "34911679868")
  }

  private static func basic(_ password: String) -> String {
    "Basic " + Data("ana:\(password)".utf8).base64EncodedString()
  }

  @Test("The routes are the promised ones, with the promised methods and access")
  func promised() {
    #expect(Set(Self.routes.map(\.pattern)) == Set(Self.promises.keys))
    for route in Self.routes {
      let promise = Self.promises[route.pattern]
      #expect(promise?.methods == route.methods && promise?.access == route.access, "\(route.pattern)")
    }
  }

  @Test("Basic opens nothing but what only reads: no page of others can start anything")
  func basicStartsNothing() async throws {
    let service = RecordedService.complete()
    try await withClient(of: service, .inMemory, attempts: AttemptLimiter(addressLimit: 1000)) {
      client async throws in
      for route in Self.routes where route.access != .open {
        let promise = try #require(Self.promises[route.pattern])
        for method in Self.allMethods {
          let answer = try await client.ask(
            method.text, Self.path(route), authorization: Self.basic(service.secret))
          let read = promise.methods.contains(method) ? promise.status : 405
          #expect(answer.status == (promise.startsSomething ? 401 : read), "\(method) \(route.pattern)")
          if promise.startsSomething {
            #expect(answer.headers.all("WWW-Authenticate") == [#"Bearer realm="twilio-sync""#])
          }
        }
      }
    }
    #expect(service.starts.isEmpty)
  }

  @Test(
    "Each secret opens the routes that it may, as Bearer and, where nothing starts, as Basic; an empty one none"
  )
  func secrets() async throws {
    let service = RecordedService.complete()
    let all = CallerSecrets("right-1", "right-2", reading: "reads", metrics: "")
    let some = CallerSecrets("right-1", "", reading: "", metrics: "figures")
    for (secrets, given, opened) in [
      (all, "right-1", [RouteAccess.bearer, .bearerOrBasic, .figures]),
      (all, "right-2", [.bearer, .bearerOrBasic, .figures]), (all, "reads", [.bearerOrBasic, .figures]),
      (all, "figures", []), (some, "figures", [.figures]), (some, "reads", []), (some, "right-2", []),
      (some, "", []),
    ] {
      let client = HandlerClient(
        routes: service.makeRoutes(attempts: AttemptLimiter(addressLimit: 1000), secrets: secrets))
      for route in Self.routes where route.access != .open {
        for (authorization, isBasic) in [("Bearer \(given)", false), (Self.basic(given), true)] {
          let mayPass = opened.contains(route.access) && !(isBasic && route.access == .bearer)
          let answer = try await client.ask("BREW", Self.path(route), authorization: authorization)
          #expect(answer.status == (mayPass ? 405 : 401), "\(given) \(route.pattern)")
        }
      }
    }
  }

  @Test("Without the secret no protected route shows anything, whatever the method", arguments: Way.allCases)
  func nothingWithoutSecret(way: Way) async throws {
    let service = RecordedService.complete()
    let wrong = [nil, "Bearer wrong-wrong-wrong", Self.basic("wrong-wrong-wrong")]
    try await withClient(of: service, way, attempts: AttemptLimiter(addressLimit: 1000)) {
      client async throws in
      for route in Self.routes where route.access != .open {
        for method in Self.allMethods {
          for authorization in wrong {
            let answer = try await client.ask(method.text, Self.path(route), authorization: authorization)
            #expect(answer.status == 401, "\(method) \(route.pattern)")
            if method != .head { #expect(answer.body == #"{"error":"Unauthorized"}"#) }
          }
        }
      }
    }
    #expect(service.starts.isEmpty && service.queries.isEmpty && service.asked.isEmpty)
    #expect(service.searches.isEmpty && service.explained.isEmpty)
  }

  @Test("A form or a link of another site reaches a route that starts something only without the secret")
  func foreignPage() async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      for route in Self.routes where Self.promises[route.pattern]?.startsSomething == true {
        for method in route.methods {
          let answer = try await client.ask(
            method.text, Self.path(route), authorization: Self.basic(service.secret),
            headers: [
              ("Origin", "https://other.example"), ("Sec-Fetch-Site", "cross-site"),
              ("Content-Type", "application/x-www-form-urlencoded"),
              ("Cookie", "CRON_SECRET=\(service.secret)"),
            ])
          #expect(answer.status == 401)
          #expect(answer.headers["Access-Control-Allow-Origin"] == nil)
        }
      }
    }
    #expect(service.starts.isEmpty)
  }

  @Test("Every answer is uncached, typed, unframed, tells no other site anything and names no software")
  func protections() async throws {
    let service = RecordedService.complete()
    try await LiveClient.serving(service.makeRoutes(attempts: AttemptLimiter(addressLimit: 1000))) { client in
      for path in Self.routes.map(Self.path) + ["/nothing", "/a/../b", "/api/sync-runs/99", "/calls/x"] {
        for method in Self.allMethods {
          for authorization in [nil, "Bearer wrong-wrong-wrong", "Bearer \(service.secret)"] {
            let headers = try await client.ask(method.text, path, authorization: authorization).headers
            let place: Comment = "\(method) \(path)"
            #expect(headers["Cache-Control"] == "no-store", place)
            #expect(headers["X-Content-Type-Options"] == "nosniff", place)
            #expect(headers["Content-Type"]?.hasSuffix("; charset=utf-8") == true, place)
            let policy = headers["Content-Security-Policy"] ?? ""
            #expect(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), place)
            #expect(!policy.contains("unsafe"), place)
            #expect(headers["X-Frame-Options"] == "DENY", place)
            #expect(headers["Referrer-Policy"] == "no-referrer", place)
            #expect(headers["Cross-Origin-Resource-Policy"] == "same-origin", place)
            for name in ["Server", "X-Powered-By", "Via", "Set-Cookie", "Access-Control-Allow-Origin"] {
              #expect(headers[name] == nil, place)
            }
          }
        }
      }
    }
  }
}
