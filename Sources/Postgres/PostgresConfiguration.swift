/// How to reach the database and how long to wait for it. Its description shows no secret.
package struct PostgresConfiguration: Sendable {
  /// A libpq connection string or URI as the operator gave it; empty for libpq's `PG*` variables.
  package var connectionString: String
  /// Shown in `pg_stat_activity` unless the operator gave a name of his own.
  package var applicationName = "twilio-sync"
  /// Connections open at the same time, at least 1; of several, ordinary work leaves one free.
  package var maximumConnections = 4
  /// How long connecting may take, over all hosts; a `connect_timeout` of the operator's wins.
  package var connectLimit = Duration.seconds(10)
  /// How long one query or pipeline may take, from sending to the last answer, unless it names its own limit.
  package var statementLimit = Duration.seconds(30)
  /// How long a caller waits for a connection of the pool.
  package var waitLimit = Duration.seconds(30)
  /// How long to wait for the server's last word after a statement was cancelled.
  package var cancelGrace = Duration.seconds(2)
  /// Told of the server's notices and warnings; without it they are dropped.
  package var onNotice: (@Sendable (String) -> Void)?
  /// Told of what connections do; called from their queues, so it must be quick.
  package var onActivity: (@Sendable (PostgresActivity) -> Void)?

  /// The defaults, for a connection string or, without one, for the `PG*` variables.
  package init(_ connectionString: String = "") {
    self.connectionString = connectionString
  }
}

extension PostgresConfiguration: CustomStringConvertible, CustomReflectable {
  /// Only the number of connections and the limits.
  package var description: String {
    "PostgresConfiguration(\(maximumConnections) connections, connect \(connectLimit), statement \(statementLimit))"
  }

  /// Nothing, so that a dump shows no password.
  package var customMirror: Mirror { Mirror(self, children: []) }
}
