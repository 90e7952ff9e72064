import CallDomain
import Postgres

extension PostgresError {
  /// Whether a row was refused for what stands in it: data exceptions, constraints, what a trigger raises, and what
  /// is too long for an index (manual, appendix A).
  var isRefusalOfValues: Bool {
    guard let sqlstate else { return false }
    return sqlstate.hasPrefix("22") || sqlstate.hasPrefix("23") || sqlstate == "P0001" || sqlstate == "54000"
  }
}

/// Finds what the database refuses of some rows, so that the rest can be stored: writes them within a savepoint, and
/// halves what is refused until single ones are left.
struct RefusalSearch {
  /// What came of writing some items.
  struct Findings<Item> {
    /// Those that are refused alone, with the reason.
    var refused: [(item: Item, error: PostgresError)] = []
    /// Those that were not tried any more.
    var untried: [Item] = []
  }

  let transaction: PostgresTransaction

  /// Has what is checked at the end only checked at once.
  static let atOnce = PostgresStatement("SET CONSTRAINTS ALL IMMEDIATE")

  func begin() async throws(PostgresError) {
    _ = try await transaction.pipeline([PostgresStatement("SAVEPOINT search"), Self.atOnce])
  }

  /// Takes back whatever was written since it began.
  func takeBack() async throws(PostgresError) {
    _ = try await transaction.pipeline([
      PostgresStatement("ROLLBACK TO SAVEPOINT search"), PostgresStatement("RELEASE SAVEPOINT search"),
    ])
  }

  /// Leaves written what is not refused.
  ///
  /// - Parameters:
  ///   - write: Writes some of them.
  ///   - isTooMuch: Whether to stop at so many refused ones.
  func write<Item>(
    _ items: [Item], by write: ([Item]) -> PostgresStatement, isTooMuch: ([Item]) -> Bool = { _ in false }
  ) async throws(PostgresError) -> Findings<Item> {
    var findings = Findings<Item>()
    var waiting = [items[...]]
    while !isTooMuch(findings.refused.map(\.item)), let part = waiting.popLast() {
      guard let item = part.first else { continue }
      do throws(PostgresError) {
        _ = try await transaction.pipeline([
          PostgresStatement("SAVEPOINT part"), write(Array(part)),
          PostgresStatement("RELEASE SAVEPOINT part"),
        ])
      } catch {
        guard error.isRefusalOfValues else { throw error }
        _ = try await transaction.pipeline([
          PostgresStatement("ROLLBACK TO SAVEPOINT part"), PostgresStatement("RELEASE SAVEPOINT part"),
        ])
        if part.count == 1 {
          findings.refused.append((item, error))
        } else {
          let middle = part.startIndex + part.count / 2
          waiting += [part[middle...], part[..<middle]]
        }
      }
    }
    findings.untried = waiting.flatMap(\.self)
    return findings
  }
}

/// The rows of `refused_calls`: calls that were set aside.
enum RefusedCallRecords {
  /// Notes calls that were refused now, or once more.
  static func setAside(
    _ calls: [(call: Call, refusal: RefusedCall)], readAt: Timestamp
  ) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO refused_calls AS r (call_id, first_seen_at, last_tried_at, reason, raw)
      SELECT n.id, $4::timestamptz, $4::timestamptz, n.reason, n.raw
      FROM unnest($1::text[], $2::text[], $3::text[]) AS n(id, reason, raw)
      ON CONFLICT (call_id) DO UPDATE SET last_tried_at = excluded.last_tried_at, tries = r.tries + 1,
        reason = excluded.reason, raw = excluded.raw
      """,
      [
        .textArray(calls.map(\.call.sid.text)), .textArray(calls.map(\.refusal.reason.asciiEscaped)),
        .textArray(calls.map { $0.call.json.asciiEscaped }), .moment(readAt),
      ])
  }

  /// Forgets calls that are stored by now, or not to be stored.
  static func forget(_ sids: [CallSID]) -> PostgresStatement {
    PostgresStatement(
      "DELETE FROM refused_calls WHERE call_id = ANY($1::text[])", [.textArray(sids.map(\.text))])
  }

  /// Why a call is set aside; no row for one that is not.
  static func reason(of sid: CallSID) -> PostgresStatement {
    PostgresStatement("SELECT reason FROM refused_calls WHERE call_id = $1", [.text(sid.text)])
  }

  /// Which of the calls are set aside.
  static func known(_ sids: [CallSID]) -> PostgresStatement {
    PostgresStatement(
      "SELECT call_id FROM refused_calls WHERE call_id = ANY($1::text[])", [.textArray(sids.map(\.text))])
  }

  /// Calls that were asked for in vain.
  static func triedInVain(_ sids: [CallSID], readAt: Timestamp) -> PostgresStatement {
    PostgresStatement(
      "UPDATE refused_calls SET last_tried_at = $2::timestamptz, tries = tries + 1 WHERE call_id = ANY($1::text[])",
      [.textArray(sids.map(\.text)), .moment(readAt)])
  }

  /// Those that have rested: one hour after the first try, two after the second, at most a day.
  static func due(at now: Timestamp, limit: Int) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT call_id FROM refused_calls
      WHERE coalesce(\(SQL.past("last_tried_at")) <= $1::timestamptz
        - make_interval(hours => CASE WHEN tries BETWEEN 1 AND 5 THEN (1 << (tries - 1)::integer) ELSE 24 END), true)
      ORDER BY \(SQL.past("last_tried_at")) NULLS FIRST, call_id LIMIT $2::bigint
      """,
      [.moment(now), .int(Int64(limit))])
  }
}

extension Call {
  /// What is known of it, with the keys of `raw_data`.
  fileprivate var json: String {
    let texts: [(String, String?)] = [
      ("sid", sid.text), ("from", from), ("to", to), ("duration", duration.map(String.init)),
      ("status", status?.text), ("direction", direction?.text), ("startTime", startTime?.iso8601),
      ("endTime", endTime?.iso8601), ("price", price?.text), ("priceUnit", priceUnit),
      ("dateCreated", dateCreated?.iso8601), ("dateUpdated", dateUpdated?.iso8601),
    ]
    return AnswerValue.object(texts.map { AnswerField($0, $1.map { .text($0) } ?? .null) }).json
  }
}

extension String {
  /// The same with what is not ASCII as `\uXXXX` (RFC 8259, section 7): every database takes it.
  fileprivate var asciiEscaped: String {
    guard !utf8.allSatisfy({ $0 < 0x80 && $0 != 0 }) else { return self }
    return utf16.map { unit in
      if unit < 0x80 && unit != 0 { return String(UnicodeScalar(UInt8(unit))) }
      let hex = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    }.joined()
  }
}
