import CallDomain
import Foundation
import Postgres

/// The rows of `call_moves`, and what those of a run come to.
enum CallMoveRecords {
  /// Written after the calls themselves: a call that a trigger kept where it was has not moved.
  static func insert(_ moves: [CallMove], by run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO call_moves (call_id, run_id, from_workspace, to_workspace, number, cause)
      SELECT n.call_id, $1::bigint, n.from_workspace, n.to_workspace, n.number, n.cause
      FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
        AS n(call_id, from_workspace, to_workspace, number, cause)
      JOIN calls c ON c.id = n.call_id AND c.workspace_id = n.to_workspace
      """,
      [.int(run.number)] + columns(moves) + [.textArray(moves.map(\.cause.rawValue))])
  }

  /// The calls that the runs of a resync have moved.
  static func calls(of run: RunID) -> PostgresStatement {
    PostgresStatement(
      "SELECT DISTINCT m.call_id FROM sync_runs r JOIN call_moves m ON \(isOf("r")) WHERE r.id = $1::bigint",
      [.int(run.number)])
  }

  /// The moves of a call, the newest first.
  static func history(of sid: CallSID) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT m.call_id, \(month), m.number, m.from_workspace, m.to_workspace, m.cause,
        \(SQL.milliseconds("m.moved_at")), m.run_id
      FROM call_moves m LEFT JOIN calls c ON c.id = m.call_id
      WHERE m.call_id = $1 ORDER BY m.id DESC LIMIT \(Explanation.mostMoves)
      """,
      [.text(sid.text)])
  }

  static func readHistory(_ result: PostgresResult) throws(PostgresError) -> [RecordedMove] {
    var moves: [RecordedMove] = []
    for row in result.rows {
      guard let sid = try CallSID(row.requiredText(0)) else { continue }
      try moves.append(
        RecordedMove(
          sid: sid, month: row.text(1), number: row.number(2), from: row.workspace(3),
          to: WorkspaceID(row.requiredInt(4)), cause: row.requiredText(5), movedAt: row.moment(6),
          run: row.int(7).map(RunID.init)))
    }
    return moves
  }

  private static let month = "to_char(\(SQL.time("c.call_date")) AT TIME ZONE 'UTC', 'YYYY-MM')"

  private static func columns(_ moves: [CallMove]) -> [PostgresValue] {
    [
      .textArray(moves.map(\.sid.text)), .intArray(moves.map { $0.from?.number }),
      .intArray(moves.map(\.to.number)), .textArray(moves.map { $0.number?.canonical }),
    ]
  }
}

/// What moves come to: `sync_runs.moves` and `reattributed_calls`.
extension CallMoveRecords {
  /// Whether a run has moved anything: only then need `calls` be looked at, which somebody may have locked.
  static func hasAny(of run: String) -> String { "EXISTS (SELECT FROM call_moves m WHERE \(isOf(run)))" }

  /// Whether a move `m` is one of a run's: all runs of a resync have begun when its first one did.
  private static func isOf(_ run: String) -> String {
    """
    m.run_id = ANY(ARRAY(SELECT \(run).id UNION SELECT s.id FROM sync_runs s
      WHERE \(run).kind = 'historical' AND s.kind = 'historical' AND s.began_at = \(run).began_at))
    """
  }

  /// Adds up what a run has moved, in its record.
  static func addUp(of run: RunID) -> PostgresStatement {
    addUp("SELECT m.* FROM call_moves m WHERE \(isOf("r"))", of: run)
  }

  /// The same for a rehearsal, whose moves stand nowhere.
  static func addUp(_ rehearsed: [CallMove], of run: RunID) -> PostgresStatement {
    addUp(relation(from: 2), of: run, columns(rehearsed))
  }

  /// The same sums alone, of moves that are in no run.
  static func sums(of moves: [CallMove]) -> PostgresStatement {
    PostgresStatement(
      "SELECT s.moves::text FROM (\(sums(relation(from: 1)))) AS s (moves, calls)", columns(moves))
  }

  private static func addUp(
    _ moves: String, of run: RunID, _ parameters: [PostgresValue] = []
  ) -> PostgresStatement {
    PostgresStatement(
      "UPDATE sync_runs r SET (moves, reattributed_calls) = (\(sums(moves))) WHERE r.id = $1::bigint",
      [.int(run.number)] + parameters)
  }

  private static func relation(from position: Int) -> String {
    let types = zip(position..., ["text", "bigint", "bigint", "text"]).map { "$\($0)::\($1)[]" }
    return """
      SELECT * FROM unnest(\(types.joined(separator: ", "))) AS m(call_id, from_workspace, to_workspace, number)
      """
  }

  private static func sums(_ moves: String) -> String {
    """
    WITH moved AS MATERIALIZED (\(moves)),
    parts AS (
      SELECT \(month) AS month, m.number, m.from_workspace, m.to_workspace, c.price_unit, count(*) AS calls,
        sum(\(SQL.minutes("c.duration"))) AS minutes, sum(c.cost) AS cost
      FROM moved m LEFT JOIN calls c ON c.id = m.call_id GROUP BY 1, 2, 3, 4, 5),
    sums AS (
      SELECT month, number, from_workspace, to_workspace, sum(calls)::bigint AS calls,
        coalesce(sum(minutes), 0)::bigint AS minutes,
        coalesce(jsonb_agg(jsonb_build_object('priceUnit', price_unit, 'sum', cost::text) ORDER BY price_unit)
          FILTER (WHERE cost IS NOT NULL), '[]') AS cost
      FROM parts GROUP BY 1, 2, 3, 4)
    SELECT coalesce(jsonb_agg(jsonb_build_object('month', month, 'number', number, 'from', from_workspace,
        'to', to_workspace, 'calls', calls, 'minutes', minutes, 'cost', cost)
        ORDER BY calls DESC, month, number COLLATE "C", from_workspace, to_workspace), '[]'),
      (SELECT count(DISTINCT call_id) FROM moved)
    FROM sums
    """
  }

  /// What `sync_runs.moves` says; nothing where somebody else wrote something else there.
  static func readSums(_ json: String) -> [MoveSum] {
    let stored = (try? JSONDecoder().decode([StoredSum].self, from: Data(json.utf8))) ?? []
    return stored.map { sum in
      MoveSum(
        month: sum.month, number: sum.number.map(PhoneNumber.init(stored:)),
        from: sum.from.map(WorkspaceID.init),
        to: WorkspaceID(sum.to), calls: Int(counted: sum.calls), minutes: Int(counted: sum.minutes),
        cost: sum.cost.map { MoveSum.Cost(priceUnit: $0.priceUnit, sum: $0.sum) })
    }
  }

  private struct StoredSum: Decodable {
    struct Cost: Decodable {
      let priceUnit: String?
      let sum: String
    }

    let month: String?
    let number: String?
    let from: Int64?
    let to: Int64
    let calls: Int64
    let minutes: Int64
    let cost: [Cost]
  }
}
