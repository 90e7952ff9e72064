package import CallDomain
import Postgres

extension CallStore {
  /// Why a stored call belongs to its workspace, all of one moment.
  ///
  /// - Returns: Nil where the call is not stored.
  package func explanation(of sid: CallSID) async throws(RunFailure) -> Explanation? {
    try await operation {
      try await Preflight.confirmAllIsSeen(database)
      return try await PostgresError.repeated { try await explain(sid) }
    }
  }

  private func explain(_ sid: CallSID) async throws -> Explanation? {
    try await database.withTransaction(
      PostgresSettings(isSnapshot: true),
      opening: [
        ListedCallQuery.one(sid), StoredCallQuery.statement(sids: [sid]), PhoneDirectoryQuery.statement,
        ListedCallQuery.workspaces, CallMoveRecords.history(of: sid), ListedCallQuery.notTakenIn(sid),
      ]
    ) { transaction in
      let results = transaction.opening
      guard let row = results[0].rows.first, let call = try ListedCallQuery.call(row),
        let stored = try StoredCallQuery.read(results[1])[sid]
      else { return nil }
      var facts = Explanation.Facts(call: call, stored: stored)
      facts.rows = try PhoneDirectoryQuery.rows(results[2])
      for row in results[3].rows {
        guard let id = try row.workspace(0) else { continue }
        facts.names[id] = try row.text(1)
        facts.numbersOfWorkspaces[id] = try row.text(2).flatMap(PhoneNumber.init(listed:))
      }
      facts.moves = try CallMoveRecords.readHistory(results[4])
      facts.isTakenIn = results[5].rows.isEmpty
      if facts.isTakenIn, stored.call.attributionCase == .transfer, let lead = stored.call.leadNumber {
        let nearest = try await transaction.query(
          CandidateQuery.nearest(to: stored.call.effectiveTime, lead: lead))
        facts.candidates = try CandidateQuery.readNearest(nearest)
      }
      return Explanation(facts, defaultWorkspace: defaultWorkspace)
    }
  }

  /// What workspaces are called.
  package func workspaceNames() async throws(RunFailure) -> [WorkspaceID: String] {
    try await operation {
      var names: [WorkspaceID: String] = [:]
      for row in try await database.repeatable(ListedCallQuery.workspaces).rows {
        if let id = try row.workspace(0) { names[id] = try row.text(1) }
      }
      return names
    }
  }

  /// The stored calls that are asked for.
  package func calls(_ search: CallSearch) async throws(RunFailure) -> CallList {
    try await operation {
      try await Preflight.confirmAllIsSeen(database)
      do {
        return try await find(search)
      } catch let error as PostgresError where error.isOfUnknownCharacter && search.asksBeyondASCII {
        // What the database cannot hold stands in no call.
        return CallList(search: search, calls: [], next: nil)
      }
    }
  }

  private func find(_ search: CallSearch) async throws -> CallList {
    // One more than asked for tells whether there are more.
    let limit = search.limit + 1
    var found: [CallSearchQuery.Found] = []
    if search.after.map({ $0.microseconds != nil }) ?? true {
      let query = CallSearchQuery(search: search, limit: limit)
      found = try CallSearchQuery.read(await database.repeatable(query.statement(.dated)))
    }
    if found.count < limit, search.since == nil, search.until == nil {
      let query = CallSearchQuery(search: search, limit: limit - found.count)
      found += try CallSearchQuery.read(await database.repeatable(query.statement(.undated)))
    }
    let shown = found.prefix(search.limit).compactMap(\.self)
    return CallList(
      search: search, calls: shown.map(\.call), next: found.count > search.limit ? shown.last?.place : nil)
  }

  /// Why the database does not take a call that was set aside; nil for one that was not.
  package func refusal(of sid: CallSID) async throws(RunFailure) -> String? {
    try await operation {
      try await database.repeatable(RefusedCallRecords.reason(of: sid)).rows.first?.text(0)
    }
  }
}

extension PostgresError {
  /// Whether a text holds a character that the encoding of the other side lacks.
  fileprivate var isOfUnknownCharacter: Bool { ["22P05", "22021"].contains(sqlstate) }
}

extension CallSearch {
  /// Whether it may ask for a character that not every encoding has; else the error is of what is read.
  fileprivate var asksBeyondASCII: Bool {
    [number?.canonical, status].compactMap(\.self).contains { !$0.utf8.allSatisfy { $0 < 0x80 } }
  }
}

/// Reads calls as they are shown.
enum ListedCallQuery {
  static func one(_ sid: CallSID) -> PostgresStatement {
    PostgresStatement(
      "\(columns) FROM calls c \(names) WHERE c.id = $1 AND c.source = 'twilio'", [.text(sid.text)])
  }

  /// A row where an older program has written the call and the next hourly run takes it in.
  static func notTakenIn(_ sid: CallSID) -> PostgresStatement {
    PostgresStatement("SELECT FROM calls WHERE id = $1 AND \(OlderRow.isNotTakenIn)", [.text(sid.text)])
  }

  /// The workspaces, with the number that a row of an older database holds; a row as JSON is read alike with and
  /// without that column.
  static let workspaces = PostgresStatement("SELECT id, name, to_jsonb(w)->>'phone_number' FROM workspaces w")

  static let columns = """
    SELECT c.id, c.direction, c.workspace_id::bigint, w.name, c.phone_from, c.phone_to, c.phone_number,
      c.lead_number, c.status::text, \(SQL.wholeMilliseconds("c.call_date")), \(SQL.milliseconds("c.ended_at")),
      \(SQL.seconds("c.duration")), c.cost::text, c.price_unit, \(SQL.milliseconds("c.updated_at"))
    """
  static let columnCount = 15

  static let names = "LEFT JOIN workspaces w ON w.id = c.workspace_id"

  /// Nil for a row whose id is no SID: others write the table, too.
  static func call(_ row: PostgresRow) throws(PostgresError) -> ListedCall? {
    guard let sid = try CallSID(row.requiredText(0)) else { return nil }
    var call = ListedCall(sid: sid)
    call.direction = try row.text(1)
    call.attributionCase = call.direction.flatMap { CallDirection($0).attributionCase }
    call.workspace = try row.workspace(2)
    call.workspaceName = try row.text(3)
    call.from = try row.text(4)
    call.to = try row.text(5)
    call.phoneNumber = try row.text(6)
    call.leadNumber = try row.text(7)
    call.status = try row.text(8)
    call.callDate = try row.moment(9)
    call.endedAt = try row.moment(10)
    call.duration = try row.int(11).map(Int.init(counted:))
    call.cost = try row.text(12)
    call.priceUnit = try row.text(13)
    call.updatedAt = try row.moment(14)
    return call
  }
}

extension CandidateQuery {
  /// The calls that rang a lead: the nearest ones on either side of a moment, more than are shown.
  static func nearest(to moment: Timestamp, lead: PhoneNumber) -> PostgresStatement {
    let limit = Explanation.mostCandidates + 1
    func side(_ comparison: String, _ order: String) -> String {
      """
      (SELECT c.id, c.phone_number, c.effective_at, c.ended_at, c.raw_data FROM calls c
      WHERE c.lead_number = $1 AND c.effective_at \(comparison) $2::timestamptz AND \(SQL.isCandidate("c"))
      ORDER BY c.effective_at \(order), c.id COLLATE "C" LIMIT \(limit))
      """
    }
    return PostgresStatement(
      """
      SELECT n.id, n.phone_number, \(SQL.milliseconds("n.effective_at")), \(SQL.milliseconds("n.ended_at")),
        n.raw_data->>'startTime', n.raw_data->>'dateCreated'
      FROM (\(side("<=", "DESC")) UNION ALL \(side(">", "ASC"))) n
      """,
      [.text(lead.canonical), .moment(moment)])
  }

  static func readNearest(_ result: PostgresResult) throws(PostgresError) -> [StoredCandidate] {
    var candidates: [StoredCandidate] = []
    for row in result.rows {
      guard let call = try candidate(row, at: 0) else { continue }
      // Which of its times it is is decided as when it was stored, by those that can be read.
      let times = try Call(
        sid: call.sid, startTime: row.text(4).flatMap(Timestamp.init(iso8601:)), endTime: row.moment(3),
        dateCreated: row.text(5).flatMap(Timestamp.init(iso8601:)))
      candidates.append(StoredCandidate(call: call, timeSource: times.timeSource))
    }
    return candidates
  }
}
