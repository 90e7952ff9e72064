import CallDomain
import Postgres

/// One run of a kind at a time, over any number of replicas: a row per kind that says who runs
/// and until when. A run that lives renews it; each holder has a token that nobody else had, also not on a
/// server that lost what another had committed, and every commit compares it.
enum RunLease {
  /// Makes the row of a kind where there is none.
  static func make(_ kind: String) -> PostgresStatement {
    PostgresStatement("INSERT INTO sync_leases (kind) VALUES ($1) ON CONFLICT DO NOTHING", [.text(kind)])
  }

  /// Reads the row of a kind as it was last committed, whoever has it locked: the run, whether it
  /// holds the lease, and for how many seconds yet; the token.
  static func read(_ kind: String) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT run_id, \(SQL.isHeld(until: "expires_at")),
        CASE WHEN \(SQL.isHeld(until: "expires_at"))
          THEN ceil(extract(epoch from expires_at - clock_timestamp()))::bigint END,
        token
      FROM sync_leases WHERE kind = $1
      """,
      [.text(kind)])
  }

  /// Locks the row of a kind and reads it.
  static func lock(_ kind: String) -> PostgresStatement {
    let read = read(kind)
    return PostgresStatement("\(read.sql) FOR UPDATE", read.parameters)
  }

  /// One row unless somebody has the row of a kind locked.
  static func probe(_ kind: String) -> PostgresStatement {
    PostgresStatement("SELECT FROM sync_leases WHERE kind = $1 FOR UPDATE SKIP LOCKED", [.text(kind)])
  }

  /// Gives the lease to a new holder.
  static func take(_ kind: String, run: RunID?, token: Int64, seconds: Int) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_leases SET token = $4::bigint, run_id = $2::bigint,
        expires_at = clock_timestamp() + make_interval(secs => $3::integer)
      WHERE kind = $1
      """,
      [.text(kind), run.map { .int($0.number) } ?? .null, .int(Int64(seconds)), .int(token)])
  }

  /// Proves that `fence` still holds the lease and keeps it from being taken over until the
  /// transaction ends: one row, or none when it was lost.
  static func confirm(_ fence: RunFence) -> PostgresStatement {
    PostgresStatement(
      "SELECT 1 FROM sync_leases WHERE kind = $1 AND token = $2::bigint FOR UPDATE",
      [.text(fence.kind.rawValue), .int(fence.token)])
  }

  /// Moves the end of the lease; changes no row when it was lost.
  static func renew(kind: String, token: Int64, seconds: Int) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE sync_leases SET expires_at = clock_timestamp() + make_interval(secs => $3::integer)
      WHERE kind = $1 AND token = $2::bigint
      """,
      [.text(kind), .int(token), .int(Int64(seconds))])
  }

  /// Frees the lease; changes no row when it was lost.
  static func release(kind: String, token: Int64) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_leases SET expires_at = '-infinity' WHERE kind = $1 AND token = $2::bigint",
      [.text(kind), .int(token)])
  }
}
