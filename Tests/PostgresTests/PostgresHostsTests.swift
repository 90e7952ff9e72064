import Postgres
import TestSupport
import Testing

@Suite("Several hosts", .timeLimit(.minutes(2)))
struct PostgresHostsTests {
  static let one = PostgresStatement("SELECT 1")

  /// Accepts and says nothing.
  private func makeSilent() throws -> RawServer {
    try RawServer(greeting: [UInt8]()) { _, connection in connection.waitForClose() }
  }

  private func configuration(_ string: String, seconds: Int = 2) -> PostgresConfiguration {
    var configuration = PostgresConfiguration("\(string) sslmode=disable gssencmode=disable")
    configuration.connectLimit = .seconds(seconds)
    return configuration
  }

  @Test(
    "A host that accepts and is silent leaves the next its share, wherever it stands",
    arguments: ["silent,good", "gone,silent,good", "silent,silent,good"])
  func silent(places: String) async throws {
    let cluster = try await PostgresCluster(withTCP: true)
    _ = try await cluster.pool().repeatable(PostgresStatement("CREATE ROLE ana LOGIN PASSWORD 'right'"))
    let ports = try places.split(separator: ",").map { place in
      switch place {
      case "silent": try makeSilent().port
      case "gone": try RawServer.makeFreePort()
      default: try #require(cluster.tcpPort)
      }
    }
    let hosts = ports.map { _ in "127.0.0.1" }.joined(separator: ",")
    let string =
      "host=\(hosts) port=\(ports.map(String.init).joined(separator: ",")) user=ana password=right dbname=postgres"
    for string in [string, string + " connect_timeout=2"] {
      _ = try await PostgresConnection.open(configuration(string)).query(Self.one)
    }
    // A look has less time than a run, and its silent hosts less of it.
    let pool = PostgresPool(configuration(string, seconds: 600))
    _ = try await pool.repeatable(Self.one, within: .seconds(2))
    await pool.close()
    await cluster.remove()
  }

  @Test(
    "Of hosts that all fail each is told, and none is tried after one that refused", arguments: [true, false])
  func allFail(isRefused: Bool) async throws {
    let first =
      isRefused
      ? try RawServer(greeting: PostgresReply.error("28P01", "no")).port : try RawServer.makeFreePort()
    let second = try makeSilent()
    let error = await #expect(throws: PostgresError.self) {
      _ = try await PostgresConnection.open(
        configuration("host=127.0.0.1,127.0.0.1 port=\(first),\(second.port) user=u", seconds: 1))
    }
    #expect(error?.kind == (isRefused ? .authentication : .unreachable))
    #expect(second.connections == (isRefused ? 0 : 1))
    if !isRefused {
      #expect(error?.cause.contains("Connection refused") == true && error?.cause.contains("in time") == true)
    }
  }

  @Test(
    "The hosts' kind that is wanted is found among them",
    arguments: ["read-write", "primary", "standby", "prefer-standby", "any"])
  func attributes(wanted: String) async throws {
    let cluster = try await PostgresCluster(settings: PostgresCluster.canBeFollowed)
    let standby = try await cluster.standby()
    try await standby.start()
    for hosts in [[cluster, standby], [standby, cluster]] {
      let string =
        "host=\(hosts.map(\.directory).joined(separator: ",")) user=postgres target_session_attrs=\(wanted)"
      let row = try await PostgresConnection.open(configuration(string))
        .query(PostgresStatement("SELECT pg_is_in_recovery()")).rows[0]
      let isStandby = wanted == "any" ? hosts[0] === standby : wanted.hasSuffix("standby")
      #expect(try row.bool(0) == isStandby)
    }
    await standby.remove()
    await cluster.remove()
  }

  @Test("A name is tried at each of its addresses; lists that libpq refuses are told as wrong")
  func lists() async throws {
    // `localhost` may lead to ::1 as well, where nobody listens.
    let cluster = try await PostgresCluster(withTCP: true)
    _ = try await cluster.pool().repeatable(PostgresStatement("CREATE ROLE ana LOGIN PASSWORD 'right'"))
    let port = try #require(cluster.tcpPort)
    _ = try await PostgresConnection.open(
      configuration("host=localhost port=\(port) user=ana password=right dbname=postgres"))
    _ = try await PostgresConnection.open(
      configuration("host=nowhere.invalid,localhost port=\(port) user=ana password=right dbname=postgres"))
    let error = await #expect(throws: PostgresError.self) {
      _ = try await PostgresConnection.open(configuration("host=a,b port=1,2,3 user=u"))
    }
    #expect(error?.cause.contains("unequalLists") == true, "\(error?.cause ?? "")")
    await cluster.remove()
  }
}
