import CallDomain
import Postgres

/// Writes rows that are new or changed, any number of them in one statement.
enum CallUpsert {
  /// - Parameter isLastWord: Whether what is unknown now takes the place of what is known.
  static func statement(_ rows: [CallRow], isLastWord: Bool) -> PostgresStatement {
    PostgresStatement(insertion + "\n" + (isLastWord ? replacement : merge), parameters(rows))
  }

  /// The same for rows that are new: a fifth faster, and a `uniqueViolation` when one is not.
  static func insertion(_ rows: [CallRow]) -> PostgresStatement {
    PostgresStatement(insertion, parameters(rows))
  }

  private static func parameters(_ rows: [CallRow]) -> [PostgresValue] {
    func texts(_ value: (CallRow) -> String?) -> PostgresValue { .textArray(rows.map(value)) }
    func moments(_ value: (CallRow) -> Timestamp?) -> PostgresValue {
      .intArray(rows.map { value($0)?.milliseconds })
    }
    func written(_ value: (Call) -> Timestamp?) -> PostgresValue {
      .textArray(rows.map { value($0.call)?.iso8601 })
    }
    return [
      texts(\.call.sid.text),
      .intArray(rows.map(\.attribution.workspace.number)),
      texts(\.call.from),
      texts(\.call.to),
      texts { $0.attribution.decidingNumber?.canonical },
      texts { $0.leadNumber?.canonical },
      .intArray(rows.map { $0.call.duration.map(Int64.init) }),
      texts { $0.call.price?.magnitude },
      texts(\.call.priceUnit),
      texts(\.call.status?.text),
      texts(\.call.direction?.text),
      moments(\.call.callDate),
      moments(\.call.endTime),
      moments(\.call.effectiveTime),
      moments(\.call.dateUpdated),
      written(\.startTime),
      written(\.endTime),
      written(\.dateCreated),
      written(\.dateUpdated),
      texts(\.call.price?.text),
    ]
  }

  // The server reads a time as a number in a twentieth of the time that it needs for text, jsonb_object
  // does in a third what jsonb_build_object does, and arrays unnested in a select list are not collected
  // first, as those in FROM are, which makes the whole a tenth faster.
  private static let insertion = """
    INSERT INTO calls AS c (
      id, workspace_id, source, phone_from, phone_to, phone_number, lead_number, duration, cost,
      price_unit, status, direction, call_date, ended_at, effective_at, twilio_updated_at, raw_data,
      updated_at)
    SELECT n.id, n.workspace_id, 'twilio', n.phone_from, n.phone_to, n.phone_number, n.lead_number,
      n.duration, n.cost::numeric, n.price_unit, n.status, n.direction,
      \(SQL.moment("n.call_date")), \(SQL.moment("n.ended_at")), \(SQL.moment("n.effective_at")),
      \(SQL.moment("n.updated_at")),
      jsonb_object(
        '{sid,from,to,duration,status,direction,startTime,endTime,price,priceUnit,dateCreated,dateUpdated}',
        ARRAY[n.id, n.phone_from, n.phone_to, n.duration::text, n.status, n.direction, n.start_time,
          n.end_time, n.price, n.price_unit, n.date_created, n.date_updated]),
      now()
    FROM (SELECT unnest($1::text[]) AS id, unnest($2::bigint[]) AS workspace_id,
      unnest($3::text[]) AS phone_from, unnest($4::text[]) AS phone_to,
      unnest($5::text[]) AS phone_number, unnest($6::text[]) AS lead_number,
      unnest($7::bigint[]) AS duration, unnest($8::text[]) AS cost, unnest($9::text[]) AS price_unit,
      unnest($10::text[]) AS status, unnest($11::text[]) AS direction, unnest($12::bigint[]) AS call_date,
      unnest($13::bigint[]) AS ended_at, unnest($14::bigint[]) AS effective_at,
      unnest($15::bigint[]) AS updated_at, unnest($16::text[]) AS start_time,
      unnest($17::text[]) AS end_time, unnest($18::text[]) AS date_created,
      unnest($19::text[]) AS date_updated, unnest($20::text[]) AS price) n
    """

  // The rows come merged (Call.merged), under the commit lock. What is known is nevertheless
  // guarded here, against anybody else who writes the table meanwhile: COALESCE keeps a value
  // that we have none for, and `||` keeps keys that others put into raw_data. A cost of 0
  // without a price is how an older program wrote "unknown".
  private static let merge = conflict {
    "coalesce(excluded.\($0), \($0 == "cost" ? "nullif(c.cost, 0)" : "c.\($0)"))"
  }
  private static let replacement = conflict { "excluded.\($0)" }

  private static func conflict(_ fact: (_ column: String) -> String) -> String {
    let facts = [
      "phone_from", "phone_to", "duration", "cost", "price_unit", "status", "direction", "call_date",
      "ended_at",
      "twilio_updated_at",
    ]
    return """
      ON CONFLICT (id) DO UPDATE SET
        \(facts.map { "\($0) = \(fact($0))" }.joined(separator: ",\n  ")),
        workspace_id = excluded.workspace_id, phone_number = excluded.phone_number,
        lead_number = excluded.lead_number, effective_at = excluded.effective_at,
        raw_data = CASE WHEN jsonb_typeof(c.raw_data) = 'object'
          THEN c.raw_data || excluded.raw_data ELSE excluded.raw_data END,
        updated_at = now()
      WHERE c.source = 'twilio'
      """
  }
}

/// The calls of cases 1 and 2 written, and with them in the table the evidence for transfers read: one
/// round trip.
struct OutboundWrites: Sendable {
  private(set) var insertion: PostgresStatement?
  private(set) var candidates: PostgresStatement?
  private let count: Int

  /// - Parameter areNew: Whether none of the rows is stored. They are then inserted beside those of other
  ///   commits, in the order of their SIDs, so that two commits of one call never wait for one another.
  init(_ merged: MergedPage, run: RunID, areNew: Bool = false, isLastWord: Bool = false) {
    count = merged.outboundRows.count
    if !merged.outboundRows.isEmpty {
      insertion =
        areNew
        ? CallUpsert.insertion(merged.outboundRows.sorted { $0.call.sid < $1.call.sid })
        : CallUpsert.statement(merged.outboundRows, isLastWord: isLastWord)
    }
    if !merged.transfers.isEmpty || !merged.touched.isEmpty {
      candidates = CandidateQuery.statement(
        transfers: merged.transfers, touched: merged.touched, run: run)
    }
  }

  /// The same, laid out for sending.
  func prepared() -> OutboundWrites {
    var writes = self
    writes.insertion = insertion?.prepared()
    writes.candidates = candidates?.prepared()
    return writes
  }

  var statements: [PostgresStatement] { [insertion, candidates].compactMap(\.self) }

  /// Whether all rows were written, by the answers to `statements`: a trigger may pass over some in silence.
  func areWritten(_ results: some Collection<PostgresResult>) -> Bool {
    insertion == nil || results.first?.affectedRows == count
  }

  /// The evidence among the answers to `statements`.
  func candidates(in results: some BidirectionalCollection<PostgresResult>) throws(PostgresError)
    -> [TransferCandidates]
  {
    guard candidates != nil, let last = results.last else { return [] }
    return try CandidateQuery.read(last)
  }
}

/// Writes the attribution of stored calls and nothing else of them.
enum AttributionUpdate {
  static func statement(_ changes: [Reattribution]) -> PostgresStatement {
    PostgresStatement(
      """
      UPDATE calls c SET workspace_id = n.workspace_id, phone_number = n.phone_number, updated_at = now()
      FROM unnest($1::text[], $2::bigint[], $3::text[]) AS n(id, workspace_id, phone_number)
      WHERE c.id = n.id AND c.source = 'twilio'
      """,
      [
        .textArray(changes.map(\.sid.text)),
        .intArray(changes.map(\.attribution.workspace.number)),
        .textArray(changes.map { $0.attribution.decidingNumber?.canonical }),
      ])
  }
}

/// Keeps the list of unsettled calls in step with a page.
enum UnsettledListUpdate {
  /// The statements for a page; none when nothing changes, and none for calls that Twilio was not asked for.
  static func statements(
    of page: IntakePage, merged: MergedPage, stored: [CallSID: StoredCall]
  ) -> [PostgresStatement] {
    page.isReread ? [] : statements(calls: merged.calls, stored: stored, readAt: page.readAt)
  }

  private static func statements(
    calls: [Call], stored: [CallSID: StoredCall], readAt: Timestamp
  ) -> [PostgresStatement] {
    var settled: [CallSID] = []
    var asked: [(call: Call, givenUp: Bool)] = []
    for call in calls {
      switch UnsettledList.change(for: call, stored: stored[call.sid], readAt: readAt) {
      case .none: continue
      case .remove: settled.append(call.sid)
      case .asked(let givenUp): asked.append((call, givenUp))
      }
    }
    var statements: [PostgresStatement] = []
    if !settled.isEmpty {
      statements.append(
        PostgresStatement(
          "DELETE FROM unsettled_calls WHERE call_id = ANY($1::text[])",
          [.textArray(settled.map(\.text))]))
    }
    if !asked.isEmpty {
      statements.append(
        PostgresStatement(
          """
          INSERT INTO unsettled_calls AS u (call_id, call_date, asked_at, given_up_at)
          SELECT n.id, n.call_date, $3::timestamptz, CASE WHEN n.given_up THEN $3::timestamptz END
          FROM unnest($1::text[], $2::timestamptz[], $4::boolean[]) AS n(id, call_date, given_up)
          WHERE EXISTS (SELECT FROM calls c WHERE c.id = n.id)
          ON CONFLICT (call_id) DO UPDATE SET call_date = excluded.call_date,
            asked_at = greatest(\(SQL.past("u.asked_at")), excluded.asked_at),
            given_up_at = excluded.given_up_at, gone_at = NULL
          WHERE coalesce(\(SQL.past("u.asked_at")) < excluded.asked_at, true)
            OR u.call_date IS DISTINCT FROM excluded.call_date OR u.given_up_at IS DISTINCT FROM excluded.given_up_at
            OR u.gone_at IS NOT NULL
          """,
          [
            .textArray(asked.map(\.call.sid.text)), .moments(asked.map(\.call.callDate)),
            .moment(readAt), .boolArray(asked.map(\.givenUp)),
          ]))
    }
    return statements
  }

  /// Calls that were asked for in vain: once more before they are 48 hours old, else given up. Their rows in
  /// `calls` stay.
  ///
  /// - Parameter areUnknown: Whether Twilio says that it does not know them.
  static func inVain(_ sids: [CallSID], areUnknown: Bool, readAt: Timestamp) -> [PostgresStatement] {
    [
      PostgresStatement(
        """
        UPDATE unsettled_calls SET asked_at = $2::timestamptz,
          given_up_at = CASE WHEN \(isOld) THEN $2::timestamptz END,
          gone_at = CASE WHEN $4::boolean AND \(isOld) THEN $2::timestamptz END
        WHERE call_id = ANY($1::text[])
        """,
        [
          .textArray(sids.map(\.text)), .moment(readAt),
          .moment(readAt.adding(hours: -UnsettledList.givenUpAfterHours)), .bool(areUnknown),
        ]),
      RefusedCallRecords.triedInVain(sids, readAt: readAt),
    ]
  }

  /// Calls without a final status or a price of which nobody asks any more, and nobody has asked again: given up, or
  /// completed without a price and never on the list, but for those of no case. One that Twilio does not know is none:
  /// it says no more. A time that is none or still to come is no evidence that anybody has asked again.
  static let givenUp = """
    (SELECT call_id, call_date, given_up_at FROM unsettled_calls
      WHERE given_up_at IS NOT NULL AND gone_at IS NULL
        AND (\(SQL.past("asked_at")) > \(SQL.past("given_up_at"))) IS NOT TRUE
      UNION ALL
      SELECT id, call_date, NULL FROM calls c WHERE \(SQL.mayBeOfCase("c")) AND \(SQL.isUnpriced("c"))
        AND NOT EXISTS (SELECT FROM unsettled_calls u WHERE u.call_id = c.id)) given_up_calls
    """

  /// Notes that a resync has asked again for those calls of its period that were given up before its first run began,
  /// whether Twilio still lists them or not; those without a time, or of one still to come, are of any period. What was
  /// given up later may lie in a slice that had been read by then, and is left to the next resync.
  static func askedAgain(_ period: Period, by run: RunID) -> PostgresStatement {
    PostgresStatement(
      """
      INSERT INTO unsettled_calls AS u (call_id, call_date, asked_at, given_up_at)
      SELECT call_id, call_date, began, coalesce(\(SQL.past("given_up_at")), began - INTERVAL '1 millisecond')
      FROM \(givenUp), \(RunRecords.beginning(of: "$1::bigint"))
      WHERE coalesce(\(SQL.past("given_up_at")) < began, true)
        AND coalesce(\(SQL.past("call_date")) BETWEEN $2::timestamptz AND $3::timestamptz, true)
      ON CONFLICT (call_id) DO UPDATE SET asked_at = excluded.asked_at, given_up_at = excluded.given_up_at
        WHERE u.given_up_at IS NOT NULL
      """, [.int(run.number), .moment(period.start), .moment(period.end)])
  }

  // A call without a date is as old as can be.
  private static let isOld = "coalesce(\(SQL.time("call_date")), '-infinity') <= $3::timestamptz"
}

/// Writes the marks of a page's progress.
enum MarkUpdate {
  /// - Parameters:
  ///   - outcome: What the page's commit did, for the counts that a mark keeps.
  ///   - run: Whose progress it is.
  static func statements(
    _ mark: IntakeMark, readAt: Timestamp, outcome: PageOutcome, run: RunID
  ) -> [PostgresStatement] {
    switch mark {
    case .coveredUntil(let moment):
      [
        PostgresStatement(
          "UPDATE sync_state SET covered_until = greatest(\(CoverageQuery.believed), $1::timestamptz)",
          [.moment(moment)])
      ]
    case .coverageBegins(let moment):
      // A process whose clock is far ahead must not cover what is still to come.
      [
        PostgresStatement(
          """
          UPDATE sync_state SET covered_until = $1::timestamptz
          WHERE \(CoverageQuery.believed) IS NULL AND $1::timestamptz <= now()
          """,
          [.moment(moment)])
      ]
    case .gap(let period):
      [
        PostgresStatement(
          """
          INSERT INTO sync_holes (period_start, period_end) VALUES ($1::timestamptz, $2::timestamptz)
          ON CONFLICT DO NOTHING
          """,
          [.moment(period.start), .moment(period.end)])
      ]
    case .gone(let sids):
      UnsettledListUpdate.inVain(sids, areUnknown: true, readAt: readAt)
    case .notGiven(let sids): UnsettledListUpdate.inVain(sids, areUnknown: false, readAt: readAt)
    case .slice(let step): [SliceRecords.move(step, outcome: outcome, of: run)]
    case .sliceReplaced(let number, let slices): [SliceRecords.replace(number, by: slices, of: run)]
    }
  }
}
