import Postgres
import TestSupport
import Testing

@Suite("Whether others could read along", .timeLimit(.minutes(2)))
struct ConnectionExposureTests {
  private static let demanded = ["require", "verify-ca", "verify-full"]
  private static let undemanded = [nil, "prefer", "allow", "disable"]

  private func exposure(
    _ host: String?, _ address: String? = nil, _ mode: String? = nil, gss: String? = nil
  ) -> String? {
    ConnectionExposure(host: host, hostaddr: address, sslmode: mode, gssencmode: gss).sslMode
  }

  @Test(
    "This machine's own addresses and Unix sockets are not remote",
    arguments: [
      nil, "", "/run/postgresql", "@abstract", "localhost", "LOCALHOST", "localhost.", "db.localhost",
      "127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "localhost,127.0.0.1,/tmp,",
    ])
  func local(host: String?) {
    for mode in Self.undemanded + Self.demanded { #expect(exposure(host, nil, mode) == nil) }
  }

  @Test(
    "Any other host is remote, one of several too, and needs a demand for encryption",
    arguments: [
      "db.example", "10.0.0.1", "192.0.2.1", "2001:db8::1", "localhost,db.example", "/tmp,db.example",
      "db.example,", "127.0.0.1.example", "127.0.0", "1270.0.0.1", "127.0.0.256", "notlocalhost", "::2",
      "localhost.example", "::ffff:192.0.2.1",
    ])
  func remote(host: String) {
    for mode in Self.undemanded { #expect(exposure(host, nil, mode) == mode ?? "prefer") }
    for mode in Self.demanded { #expect(exposure(host, nil, mode) == nil) }
    #expect(exposure(host, nil, "prefer", gss: "require") == nil)
    #expect(exposure(host, nil, "prefer", gss: "prefer") == "prefer")
  }

  @Test("A numeric address wins over the name beside it")
  func hostaddr() {
    #expect(exposure("db.example", "127.0.0.1") == nil)
    #expect(exposure("localhost", "192.0.2.1") == "prefer")
    #expect(exposure(nil, "192.0.2.1") == "prefer")
    #expect(exposure("/tmp", "192.0.2.1") == "prefer")
    #expect(exposure("a.example,b.example", "127.0.0.1,") == "prefer")
    #expect(exposure("a.example,localhost", "127.0.0.1,") == nil)
  }

  @Test(
    "libpq's own reading of a connection string decides",
    arguments: [
      ("postgresql://u:p@db.example/base", "prefer"), ("postgres://u:p@db.example:5432/base", "prefer"),
      ("postgresql://u:p%40db.example%2F@localhost/base", nil),
      ("postgresql://u:sslmode%3Drequire@db.example/base", "prefer"),
      ("postgresql://u:p@db.example/base?sslmode=require", nil),
      ("postgresql://u:p@db.example/base?sslmode=verify-full&sslrootcert=system", nil),
      ("postgresql://u:p@db.example/base?sslmode=allow", "allow"),
      ("postgresql://u:p@db.example/base?ssl=true", nil), ("postgresql://u:p@[::1]:5432/base", nil),
      ("postgresql://u:p@[2001:db8::1]/base", "prefer"),
      ("postgresql://u:p@localhost,db.example/base?target_session_attrs=read-write", "prefer"),
      ("postgresql:///base?host=/run/postgresql", nil), ("postgresql://%2Frun%2Fpostgresql/base", nil),
      ("host=db.example password='a b sslmode=require' dbname=base", "prefer"),
      (#"host=db.example password='it\'s' sslmode=disable"#, "disable"),
      ("host=db.example hostaddr=127.0.0.1", nil), ("host=db.example requiressl=1", nil),
      ("dbname=base", nil), ("host=/tmp sslmode=disable", nil), ("base", nil),
    ])
  func strings(string: String, mode: String?) {
    #expect(PostgresConfiguration(string).exposure.sslMode == mode)
  }

  @Test(
    "What libpq cannot read is judged by nobody", arguments: ["postgresql://u:a%zz@h/b", "host='", "a=b"])
  func malformed(string: String) {
    #expect(PostgresConfiguration(string).exposure.sslMode == nil)
  }

  @Test("To judge is not to connect")
  func connectsToNothing() async throws {
    let server = try RawServer(greeting: "welcome") { _, _ in }
    let two = "127.0.0.1,127.0.0.1"
    let strings = ["host=127.0.0.1", "host=\(two) sslmode=require", "hostaddr=127.0.0.1"]
    for string in strings {
      let ports = string.contains(",") ? "\(server.port),\(server.port)" : "\(server.port)"
      let configuration = PostgresConfiguration("\(string) port=\(ports) user=u dbname=d")
      #expect(configuration.fault == nil)
      #expect(configuration.exposure.sslMode == nil)
    }
    // Connections are accepted in the order they came: this one is the first.
    let client = try await RawSocketClient(port: server.port)
    #expect(await client.read(count: 7).text == "welcome")
    #expect(server.connections == 1)
    client.close()
  }
}
