import CallDomain
import Postgres

extension PostgresValue {
  /// A moment, to be cast to `timestamptz`; ISO 8601 is read alike under every `DateStyle`.
  static func moment(_ moment: Timestamp?) -> PostgresValue {
    moment.map { .text($0.iso8601) } ?? .null
  }

  /// An array of moments, to be cast to `timestamptz[]`.
  static func moments(_ moments: [Timestamp?]) -> PostgresValue {
    .textArray(moments.map { $0?.iso8601 })
  }
}

extension PostgresRow {
  /// A moment that the statement selected through `SQL.milliseconds`; nil also for one that is none of ours.
  func moment(_ column: Int) throws(PostgresError) -> Timestamp? {
    try int(column).flatMap(Timestamp.init(exactly:))
  }

  /// A number of things, by whomever it was counted or written.
  func count(_ column: Int) throws(PostgresError) -> Int {
    try Int(counted: requiredInt(column))
  }

  /// A canonical number as the store wrote it.
  func number(_ column: Int) throws(PostgresError) -> PhoneNumber? {
    try text(column).map(PhoneNumber.init(stored:))
  }

  func workspace(_ column: Int) throws(PostgresError) -> WorkspaceID? {
    try int(column).map(WorkspaceID.init)
  }
}

/// Pieces of SQL that several statements share.
enum SQL {
  /// The relation of a name in our schema, NULL without one. By its name alone a temporary table would be
  /// found that another program left in the session.
  static func relation(_ name: String) -> String {
    "to_regclass(format('%I.%I', current_schema(), \(name)))"
  }

  /// Moves the sequence of a table's ids past those that are taken, as after an import that brought its ids; at
  /// most 100,000 steps, so that a very large id does not keep the server busy. Nothing happens where the role may
  /// not use the sequence.
  static func moveSequence(of table: String) -> PostgresStatement {
    PostgresStatement(
      """
      SELECT count(nextval(sequence))
      FROM (SELECT pg_get_serial_sequence('\(table)', 'id')::regclass AS sequence) s,
        LATERAL generate_series(1, CASE WHEN has_sequence_privilege(sequence, 'USAGE')
          THEN least(100000, (SELECT max(id) FROM \(table)) - coalesce(pg_sequence_last_value(sequence), 0))
          ELSE 0 END)
      """)
  }

  /// A `timestamptz` as milliseconds since 1970, which no session setting can change; NULL for what `time` is
  /// not.
  static func milliseconds(_ expression: String) -> String {
    "(extract(epoch from \(time(expression))) * 1000)::bigint"
  }

  /// The last millisecond that is not later, so that whoever begins there finds the row.
  static func wholeMilliseconds(_ expression: String) -> String {
    "(extract(epoch from date_trunc('milliseconds', \(time(expression)))) * 1000)::bigint"
  }

  /// The same to the microsecond, as the database has it. PostgreSQL 13 takes seconds out as a double, which holds
  /// either part exactly, but not both.
  static func microseconds(_ expression: String) -> String {
    """
    (extract(epoch from date_trunc('second', \(time(expression))))::bigint * 1000000
    + extract(microseconds from \(time(expression)))::bigint % 1000000)
    """
  }

  /// Microseconds since 1970 as a `timestamptz`. An interval is multiplied as a double, which holds whole days, and
  /// what is left of one, exactly.
  static func moment(microseconds expression: String) -> String {
    """
    (TIMESTAMPTZ 'epoch' + \(expression) / 86400000000 * INTERVAL '24 hours'
    + \(expression) % 86400000000 * INTERVAL '1 microsecond')
    """
  }

  /// A stored `timestamptz` as `raw_data` has times, whatever the session's settings.
  static func iso(_ expression: String) -> String {
    "to_char((\(time(expression))) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
  }

  /// The column of a name in answers: `totalCalls` is `total_calls`.
  static func column(_ name: String) -> String {
    name.map { $0.isUppercase ? "_\($0.lowercased())" : String($0) }.joined()
  }

  /// A stored `timestamptz` if it is a time, else NULL: others write these columns, too, and PostgreSQL takes
  /// the infinities, years before Christ and years of six digits.
  static func time(_ expression: String) -> String {
    "CASE WHEN \(isTime(expression)) THEN \(expression) END"
  }

  /// The same of a moment that has been. One in the future by the database's clock is from a clock that has been put
  /// right since, or from somebody else, and would stand in the way until then. Ten minutes are room for clocks that
  /// differ, and less than the overlap of two runs.
  static func past(_ expression: String) -> String {
    """
    (CASE WHEN \(expression) BETWEEN '0001-01-01 00:00:00+00' AND now() + INTERVAL '10 minutes' THEN \(expression) END)
    """
  }

  /// Whether a stored `timestamptz` lies in the years that `Timestamp` knows.
  static func isTime(_ expression: String) -> String {
    "\(expression) BETWEEN '0001-01-01 00:00:00+00' AND '9999-12-31 23:59:59.999+00'"
  }

  /// The rest, as ranges that an index finds.
  static func isNoTime(_ expression: String) -> String {
    """
    (\(expression) IS NULL OR \(expression) < '0001-01-01 00:00:00+00'
    OR \(expression) > '9999-12-31 23:59:59.999+00')
    """
  }

  /// Whether somebody holds what ends then, a run its lease or a process the telling of an alert. Neither is
  /// ever taken for so long as an hour: such a time was written by somebody else, or by a clock that has been
  /// put right since, and would shut all others out.
  static func isHeld(until expression: String) -> String {
    "\(expression) > clock_timestamp() AND \(expression) < clock_timestamp() + INTERVAL '1 hour'"
  }

  /// A stored duration in seconds; NULL for one that is none, where the column can hold such.
  static func seconds(_ expression: String) -> String {
    "CASE WHEN \(expression) BETWEEN 0 AND 2147483647 THEN \(expression)::bigint END"
  }

  /// Twilio's calls of cases 1 to 3: those that are billed.
  static func isOfCase(_ table: String) -> String {
    """
    \(table).source = 'twilio'
    AND \(table).direction::text IN ('outbound-api', 'trunking-terminating', 'trunking-originating')
    """
  }

  /// Those, and what an older program wrote without a direction, which the next hourly run finds out.
  static func mayBeOfCase(_ table: String) -> String {
    "\(table).source = 'twilio' AND (\(table).direction IS NULL OR \(isOfCase(table)))"
  }

  /// Completed calls with a duration.
  static func isAnswered(_ table: String) -> String {
    "\(table).duration > 0 AND \(table).status::text = 'completed'"
  }

  /// Those of them whose price is not known.
  static func isUnpriced(_ table: String) -> String { "\(table).cost IS NULL AND \(isAnswered(table))" }

  /// A call's duration rounded up to the minute.
  static func minutes(_ duration: String) -> String { "(\(seconds(duration)) + 59) / 60" }

  /// What calls come to, of one unit of price: the one definition behind views and pages. A price that no call can
  /// have, such as NaN, does not take the others with it.
  static func figures(_ table: String) -> String {
    """
    count(*) AS calls, count(*) FILTER (WHERE \(isAnswered(table))) AS answered,
    coalesce(sum(\(seconds("\(table).duration"))), 0)::bigint AS seconds,
    coalesce(sum(\(minutes("\(table).duration"))), 0)::bigint AS billable_minutes,
    (sum(\(table).cost) FILTER (WHERE \(table).cost BETWEEN -1e12 AND 1e12))::numeric AS cost,
    count(*) FILTER (WHERE \(isUnpriced(table))) AS unpriced
    """
  }

  /// Whether a call was stored before a run began, by the clock that stamped both; also where either is unknown.
  static func precedes(run: String, _ table: String) -> String {
    "coalesce(\(table).created_at < (SELECT began_at FROM sync_runs WHERE id = \(run)::bigint), true)"
  }

  /// Milliseconds since 1970 as a `timestamptz`; exact, since a double holds them to a fraction of a
  /// microsecond.
  static func moment(_ expression: String) -> String {
    "to_timestamp(\(expression) / 1000.0::float8)"
  }

  /// Transfers with a lead, as the index `calls_transfers_by_time` has them.
  static func isTransfer(_ table: String) -> String {
    """
    \(table).source = 'twilio' AND \(table).lead_number IS NOT NULL
    AND \(table).direction = 'trunking-originating'
    """
  }

  /// Calls of cases 1 and 2 with a usable caller, as the index `calls_related` has it.
  static func isCandidate(_ table: String) -> String {
    "\(table).source = 'twilio' AND \(table).phone_number IS NOT NULL AND \(rings(table))"
  }

  private static func rings(_ table: String) -> String {
    "\(table).direction IN ('outbound-api', 'trunking-terminating')"
  }

  /// The party of calls on our side, with the index that has them by it and by their time.
  struct Party {
    /// The column.
    let name: String
    /// The calls that the index has.
    private let calls: String

    /// The caller of cases 1 and 2, canonical, as the index `calls_by_caller` has it.
    static func caller(_ table: String) -> Party {
      Party(
        name: "\(table).phone_number COLLATE \"C\"",
        calls: "\(table).source = 'twilio' AND \(rings(table))")
    }

    /// The callee of all others as Twilio sent it, as the index `calls_by_callee` has it.
    static func callee(_ table: String) -> Party {
      Party(
        name: "\(table).phone_to COLLATE \"C\"",
        calls: "\(table).source = 'twilio' AND (\(rings(table))) IS NOT TRUE")
    }

    /// Its calls; to be sorted by the party first, though it is the same for all, since only its index has that order.
    /// Otherwise the planner may look for a number's newest calls among all calls in the order of their time. An
    /// equality would tell it that there is nothing to sort.
    func isOne(_ number: String) -> String { isOne(of: "ARRAY[\(number)]") }

    /// - Parameter numbers: An array.
    func isOne(of numbers: String) -> String { "\(calls) AND \(name) = ANY (\(numbers))" }

    func begins(with text: String) -> String {
      "\(calls) AND \(name) >= \(text) AND \(name) < \(text) || chr(127)"
    }

    var isWithheld: String { "\(calls) AND \(name) IS NULL" }
  }
}
