import Curl
import Postgres
import TestSupport
import TwilioClient
import TwilioSimulator

/// How a run reaches Twilio and the database, where something on the way is to fail.
struct FaultyWay: Sendable {
  /// What is at the other end.
  enum Peer: String, CaseIterable {
    case twilio, database
  }

  /// The port of Twilio's stand-in on 127.0.0.1.
  var twilio: Int
  /// The port of the database on 127.0.0.1.
  var database: Int
  /// Of the database's address, such as `sslmode`.
  var options = "sslmode=disable&gssencmode=disable"
  /// How long is waited for a peer's answer where none is to come; elsewhere long enough for the slowest
  /// machine.
  var deadline: [Peer: Duration] = [:]

  /// The straight way.
  init(_ installation: Installation) {
    twilio = installation.simulator.port
    database = installation.cluster.programPort ?? 0
  }

  /// Makes the way to a peer go over a port of 127.0.0.1.
  mutating func lead(_ peer: Peer, to port: Int) {
    switch peer {
    case .twilio: twilio = port
    case .database: database = port
    }
  }

  private func deadline(with peer: Peer) -> Duration { deadline[peer] ?? .seconds(60) }

  func log() throws -> TwilioCallLog {
    TwilioCallLog(
      http: CurlClient(maxHandles: 4),
      credentials: try TwilioCredentials(
        accountSID: AccountCredentials().accountSID, authToken: Secrets.authToken),
      host: try TwilioHost(baseURL: "http://127.0.0.1:\(twilio)"), pageSize: 12,
      timeouts: CurlTimeouts(connect: deadline(with: .twilio), total: deadline(with: .twilio)))
  }

  func pool(_ installation: Installation) -> PostgresPool {
    let url = TestCluster.url(installation.cluster, installation.database.name, port: database)
    let deadline = deadline(with: .database)
    return installation.database.pool { configuration in
      configuration.connectionString = "\(url)?\(options)"
      configuration.connectLimit = deadline
      configuration.statementLimit = deadline
      configuration.waitLimit = deadline * 4
      configuration.cancelGrace = min(deadline, .seconds(2))
    }
  }
}
