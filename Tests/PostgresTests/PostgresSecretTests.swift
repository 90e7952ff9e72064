import Postgres
import TestSupport
import Testing

@Suite("Secrets of the Postgres room", .timeLimit(.minutes(2)))
struct PostgresSecretTests {
  static let secret = "Hu-nter2Xy"

  /// Connection strings that fail in different ways, each with the password in it; `#` stands for the port.
  static let strings: [(String, PostgresError.Kind)] = [
    ("postgresql://guest:\(secret)@127.0.0.1:#/postgres", .authentication),
    ("host=127.0.0.1 port=# user=guest password=\(secret) dbname=postgres", .authentication),
    ("host=127.0.0.1 port=# user=guest password='\(secret) dbname=postgres", .invalidConnectionString),
    ("host=127.0.0.1 port=# \(secret) dbname=postgres", .invalidConnectionString),
    ("postgresql://guest:%zz\(secret)@127.0.0.1:#/postgres", .invalidConnectionString),
    ("postgresql://guest:a@\(secret)@127.0.0.1:#/postgres", .invalidConnectionString),
    ("postgresql://guest:\(secret)/b@127.0.0.1:#/postgres", .invalidConnectionString),
    ("postgresql://guest:P4@\(secret)/99x@127.0.0.1:#/postgres", .invalidConnectionString),
    ("postgres://guest:1234/\(secret)@127.0.0.1:#/postgres", .invalidConnectionString),
    ("postgresql://guest:a?b@\(secret)/c@127.0.0.1:#/postgres?sslmode=disable", .invalidConnectionString),
    ("postgresql://guest:\(secret)@127.0.0.1:1/postgres", .unreachable),
    ("postgresql://guest:\(secret)@nowhere.invalid:1/postgres", .hostNotFound),
    ("postgresql://right:\(secret)@127.0.0.1:#/missing", .databaseMissing),
    ("postgresql://right:\(secret)@127.0.0.1:#/postgres?sslmode=require", .tlsRefused),
  ]

  @Test("No way to fail at connecting shows the password, and each has its kind")
  func connecting() async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    let port = try #require(cluster.tcpPort)
    try await createRole(on: cluster)
    for (string, kind) in Self.strings {
      let configuration = PostgresConfiguration(string.replacing("#", with: "\(port)"))
      let error = await #expect(throws: PostgresError.self, "\(kind)") {
        try await PostgresConnection.open(configuration)
      }
      #expect(error?.kind == kind, "\(error?.cause ?? "")")
      expectNoSecret(error.map { "\($0) \($0.cause) \(String(reflecting: $0))" } ?? "")
      expectNoSecret("\(configuration) \(String(reflecting: configuration))")
      var dumped = ""
      dump(configuration, to: &dumped)
      expectNoSecret(dumped)
    }
    await cluster.remove()
  }

  @Test(
    "An @ is fine within the user and password where it is encoded, before them, and in the query",
    arguments: [
      "postgresql://u:p%40ss%2Fw@h/b", "postgresql://@h/b", "postgresql://u:p:p@h1,h2/b", "postgresql:///b",
      "postgresql://h/b?user=u@server&password=p@ss", "postgresql://h?application_name=a@b",
      "postgresql://u@h/b%40c", "host=@abstract password=p@s/s@w", "postgresql://u:p#?!@h/b",
    ])
  func soundAddresses(string: String) {
    #expect(PostgresConfiguration(string).fault == nil)
  }

  @Test(
    "A password is known as such as libpq reads it and as it was meant",
    arguments: [
      ("postgresql://u:p%40ss@h/b", ["p@ss", "p%40ss"]), ("postgresql://u:P4@w/9@h/b", ["P4", "P4@w/9"]),
      ("host=h password='it''s", ["it''s"]),
      ("host=h password = pass sslpassword=key", ["pass", "key", "pass"]),
      ("postgresql://u@h/b", []), ("base", []), ("", []),
    ])
  func passwords(string: String, expected: [String]) {
    #expect(PostgresConfiguration(string).passwords == expected)
  }

  @Test("The right password over TCP works and is local; no password is refused as such")
  func overTCP() async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    let port = try #require(cluster.tcpPort)
    try await createRole(on: cluster)
    let good = PostgresConfiguration("postgresql://right:\(Self.secret)@127.0.0.1:\(port)/postgres")
    let connection = try await PostgresConnection.open(good)
    #expect(await connection.transport()?.isRemote == false)
    let none = PostgresConfiguration("postgresql://right@127.0.0.1:\(port)/postgres")
    let error = await #expect(throws: PostgresError.self) { try await PostgresConnection.open(none) }
    #expect(error?.kind == .authentication)
    await cluster.remove()
  }

  @Test("A server without a free connection says so")
  func tooManyConnections() async throws {
    let cluster = try await PostgresCluster(settings: [
      "max_connections = 3", "superuser_reserved_connections = 0",
    ])
    var open: [PostgresConnection] = []
    let error = await #expect(throws: PostgresError.self) {
      for _ in 0..<4 { open.append(try await cluster.connection()) }
    }
    #expect(error?.kind == .tooManyConnections)
    await cluster.remove()
  }

  private func createRole(on cluster: PostgresCluster) async throws {
    let connection = try await cluster.connection()
    _ = try await connection.query(PostgresStatement("CREATE ROLE \"right\" LOGIN PASSWORD '\(Self.secret)'"))
  }

  private func expectNoSecret(_ text: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(!text.contains("nter2"), sourceLocation: location)
  }
}
