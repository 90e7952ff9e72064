import Foundation
import Testing
import WebAPI
import WebServer

@Suite("The guard")
struct GuardTests {
  private static let protectedPaths = [
    "/api/sync-twilio-hourly", "/api/resync-twilio-historical", "/api/sync-runs", "/api/sync-runs/7",
  ]
  private static let startPaths = ["/api/sync-twilio-hourly", "/api/resync-twilio-historical"]
  private static let readPaths = ["/api/sync-runs", "/api/sync-runs/7"]

  private static func makeBasic(_ password: String, user: String = "ana") -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  @Test("Without credentials: 401 with exactly one body, and no event", arguments: Way.allCases)
  func missingCredentials(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      for path in Self.protectedPaths {
        let answer = try await client.ask("GET", path, authorization: nil)
        #expect(answer.status == 401)
        #expect(answer.body == #"{"error":"Unauthorized"}"#)
        #expect(answer.headers.all("WWW-Authenticate").first == #"Bearer realm="twilio-sync""#)
      }
    }
    #expect(service.starts.isEmpty && service.queries.isEmpty)
    #expect(!service.events.contains { if case .secretRefused = $0 { true } else { false } })
  }

  @Test("Basic is offered on routes that only read, and not on those that start something")
  func challengesDependOnRoute() async throws {
    try await withClient(of: RecordedService(), .inMemory) { client async throws in
      for path in Self.startPaths {
        let answer = try await client.ask("GET", path, authorization: nil)
        #expect(answer.headers.all("WWW-Authenticate") == [#"Bearer realm="twilio-sync""#])
      }
      for path in Self.readPaths {
        let answer = try await client.ask("GET", path, authorization: nil)
        #expect(
          answer.headers.all("WWW-Authenticate") == [
            #"Bearer realm="twilio-sync""#, #"Basic realm="twilio-sync", charset="UTF-8""#,
          ])
      }
    }
  }

  @Test(
    "The right secret passes, whatever the scheme's case and the number of spaces",
    arguments: [
      "Bearer correct-horse-battery", "bearer correct-horse-battery", "BEARER correct-horse-battery",
      "bEaReR   correct-horse-battery",
    ], Way.allCases)
  func rightSecret(authorization: String, way: Way) async throws {
    try await withClient(of: RecordedService(recorded: .success([makeRun()])), way) { client async throws in
      for path in Self.protectedPaths {
        #expect(try await client.ask("GET", path, authorization: authorization).status == 200)
      }
    }
  }

  @Test(
    "Anything else is 401",
    arguments: [
      "", "Bearer", "Bearer ", "Bearer wrong-wrong-wrong", "Bearer correct-horse-batter",
      "Bearer correct-horse-battery2", "Bearer Correct-Horse-Battery", "correct-horse-battery",
      "Token correct-horse-battery", "Bearer: correct-horse-battery", "Bearer\tcorrect-horse-battery",
      "Bearer correct-horse-battery, Bearer correct-horse-battery", "Digest username=\"ana\"",
      "Basic correct-horse-battery", "Basic", "Basic !!!", "Bearer \"correct-horse-battery\"",
    ])
  func wrongCredentials(authorization: String) async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      for path in Self.protectedPaths {
        let answer = try await client.ask("GET", path, authorization: authorization)
        #expect(answer.status == 401)
        #expect(answer.body == #"{"error":"Unauthorized"}"#)
      }
    }
    #expect(service.starts.isEmpty && service.queries.isEmpty)
  }

  @Test("Basic with the secret as password reads runs, under any user, and starts nothing")
  func basicOnlyReads() async throws {
    let service = RecordedService(recorded: .success([makeRun()]))
    try await withClient(of: service, .inMemory) { client async throws in
      for path in Self.readPaths {
        for user in ["", "ana", "año"] {
          let basic = Self.makeBasic(service.secret, user: user)
          #expect(try await client.ask("GET", path, authorization: basic).status == 200)
        }
        let wrong = Self.makeBasic("wrong-wrong-wrong-1")
        #expect(try await client.ask("GET", path, authorization: wrong).status == 401)
      }
      for path in Self.startPaths {
        let basic = Self.makeBasic(service.secret)
        #expect(try await client.ask("POST", path, authorization: basic).status == 401)
      }
      let basic = Self.makeBasic(service.secret)
      #expect(try await client.ask("POST", "/api/reattribute", authorization: basic).status == 401)
    }
    #expect(service.starts.isEmpty)
  }

  @Test("A password with colons is taken whole")
  func basicPasswordWithColons() async throws {
    let service = RecordedService(secret: "a:secret:with:colons")
    try await withClient(of: service, .inMemory) { client async throws in
      let basic = Self.makeBasic(service.secret)
      #expect(try await client.ask("GET", "/api/sync-runs", authorization: basic).status == 200)
    }
  }

  @Test(
    "A secret in the query string is never accepted",
    arguments: ["secret", "token", "access_token", "CRON_SECRET", "authorization"])
  func queryIsNoCredential(name: String) async throws {
    let service = RecordedService()
    try await withClient(of: service, .inMemory) { client async throws in
      for path in Self.protectedPaths {
        let target = "\(path)?\(name)=\(service.secret)"
        #expect(try await client.ask("GET", target, authorization: nil).status == 401)
      }
    }
    #expect(service.starts.isEmpty)
  }

  @Test("Several Authorization headers are 401, even if each is right", arguments: Way.allCases)
  func severalHeaders(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      let twice = Array(repeating: ("Authorization", "Bearer \(service.secret)"), count: 2)
      let answer = try await client.ask("GET", "/api/sync-runs", authorization: nil, headers: twice)
      #expect(answer.status == 401)
    }
    #expect(service.queries.isEmpty)
  }

  @Test("An empty secret lets nobody in")
  func emptySecret() async throws {
    try await withClient(of: RecordedService(secret: ""), .inMemory) { client async throws in
      for authorization in ["Bearer", "Bearer ", Self.makeBasic("")] {
        #expect(try await client.ask("GET", "/api/sync-runs", authorization: authorization).status == 401)
      }
    }
  }

  @Test("Too many wrong secrets get 429 and a closed connection; a right one passes", arguments: Way.allCases)
  func tooManyAttempts(way: Way) async throws {
    let service = RecordedService()
    try await withClient(of: service, way) { client async throws in
      for _ in 0..<20 {
        #expect(try await client.ask("GET", "/api/sync-runs", authorization: "Bearer wrong").status == 401)
      }
      let answer = try await client.ask("GET", "/api/sync-twilio-hourly", authorization: "Bearer wrong")
      #expect(answer.status == 429)
      #expect(answer.headers["Retry-After"] == "60")
      #expect(answer.closes)
      #expect(answer.object["success"] as? Bool == false)
      #expect(answer.error?.isEmpty == false)
      #expect(try await client.ask("GET", "/api/sync-twilio-hourly").status == 200)
      #expect(try await client.ask("GET", "/api/sync-runs", authorization: nil).status == 401)
      #expect(try await client.ask("GET", "/health", authorization: nil).status == 200)
      service.clock.advance(by: 60_000)
      #expect(try await client.ask("GET", "/api/sync-runs", authorization: "Bearer wrong").status == 401)
    }
  }

  @Test("Wrong secrets of one address do not turn another away; the total does, the right secret never")
  func limitsByAddressAndTotal() async throws {
    let service = RecordedService()
    let routes = service.makeRoutes(attempts: AttemptLimiter(addressLimit: 2, totalLimit: 3))
    func ask(_ address: String?, _ secret: String) async throws -> Int {
      let client = HandlerClient(routes: routes, address: address)
      return try await client.ask("GET", "/api/sync-runs", authorization: "Bearer \(secret)").status
    }
    #expect(try await ask("192.0.2.1", "wrong") == 401)
    #expect(try await ask("192.0.2.1", "wrong") == 401)
    #expect(try await ask("192.0.2.1", "wrong") == 429)
    #expect(try await ask("192.0.2.2", "wrong") == 401)
    #expect(try await ask("192.0.2.3", "wrong") == 429)
    #expect(try await ask(nil, "wrong") == 429)
    for address in ["192.0.2.1", "192.0.2.3", nil] {
      #expect(try await ask(address, service.secret) == 200)
    }
  }

  @Test("Wrong secrets are reported with their address, without what was sent, and not without end")
  func refusalsAreReported() async throws {
    let service = RecordedService()
    let routes = service.makeRoutes(attempts: AttemptLimiter(addressLimit: 1, totalLimit: 10))
    let client = HandlerClient(routes: routes)
    for _ in 0..<50 {
      _ = try await client.ask(
        "GET", "/api/sync-runs?token=sent-by-query", authorization: "Bearer sent-secret")
    }
    let refusals = service.events.filter { if case .secretRefused = $0 { true } else { false } }
    #expect(
      refusals == [
        .secretRefused(requestID: "made-1", route: "/api/sync-runs", address: "192.0.2.7", limited: false),
        .secretRefused(requestID: "made-2", route: "/api/sync-runs", address: "192.0.2.7", limited: true),
      ])
    #expect(!String(describing: service.events).contains("sent-"))
  }

  @Test("A right secret is served at once in the midst of a flood of wrong ones from the same address")
  func rightAmongWrong() async throws {
    let service = RecordedService()
    try await LiveClient.serving(service.makeRoutes()) { client in
      try await withThrowingTaskGroup(of: [Int].self) { group in
        for _ in 0..<8 {
          group.addTask {
            var statuses: [Int] = []
            for _ in 0..<25 {
              statuses.append(
                try await client.ask("GET", "/api/sync-runs", authorization: "Bearer wrong").status)
            }
            return statuses
          }
        }
        for _ in 0..<25 { #expect(try await client.ask("GET", "/api/sync-runs").status == 200) }
        let wrong = try await group.reduce(into: []) { $0 += $1 }
        #expect(wrong.count { $0 == 401 } == 20 && wrong.count { $0 == 429 } == 180)
      }
    }
    // The right one is asked neither for the time nor for the count: nothing about it waits.
    #expect(service.events.count { if case .secretRefused = $0 { true } else { false } } == 21)
  }
}
