/// What a connection did, for whoever counts.
package enum PostgresActivity: Sendable {
  /// No connection came about.
  case connectFailed(PostgresError)
  /// So many statements were sent at once, and answered or given up after `duration`.
  case roundTrip(statements: Int, duration: Duration, failure: PostgresError?)
}
