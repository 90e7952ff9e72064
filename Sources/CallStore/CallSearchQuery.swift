import CallDomain
import Postgres

/// The statements of a search for calls. Newest first by the index of the time, or of a number and the time. None
/// begins with a workspace or a status, since each index costs every page that is stored.
struct CallSearchQuery {
  let search: CallSearch
  /// The most rows.
  let limit: Int

  /// Whether calls are asked for that have a time, or those that have none.
  enum Part {
    case dated
    case undated
  }

  func statement(_ part: Part) -> PostgresStatement {
    var conditions = Conditions(search, part)
    let found =
      if let number = search.number {
        byNumber(number, part, &conditions)
      } else {
        newest("*", part, conditions.sql, ofIndex: conditions.ofIndex)
      }
    // To the microsecond, so that no two moments of the table are one place.
    let moment = SQL.microseconds("c.call_date")
    return PostgresStatement(
      "\(ListedCallQuery.columns), \(moment) FROM (\(found)) c \(ListedCallQuery.names) \(order(part))",
      conditions.values)
  }

  private func order(_ part: Part, after key: String? = nil) -> String {
    let key = key.map { "\($0) DESC, " } ?? ""
    return switch part {
    case .dated: "ORDER BY \(key)c.call_date DESC, c.id COLLATE \"C\" DESC LIMIT \(limit)"
    case .undated: "ORDER BY c.id COLLATE \"C\" DESC LIMIT \(limit)"
    }
  }

  /// Whether those are asked for that are few as a rule and have an index each: without a price, without a related
  /// call, or pending.
  private var hasIndexOfItsOwn: Bool {
    search.isUnpriced == true || search.isUnmatched == true || search.pending != nil
  }

  /// Whether few of the calls may be asked for that an index has.
  private var leavesMostOut: Bool {
    (search.workspace != nil || search.isWithoutWorkspace || search.status != nil || hasFewCases)
      && !hasIndexOfItsOwn
  }

  private var hasFewCases: Bool { !search.cases.isEmpty && search.cases.count < AttributionCase.all.count }

  /// The newest calls that meet a condition. Where most may be left out, the index alone tells at which moments there
  /// were calls that are asked for, and only their rows are read: among a million calls the few of one workspace are
  /// found in a tenth of the time.
  ///
  /// - Parameters:
  ///   - ofIndex: As much of the condition as the index holds.
  ///   - key: What the index has before the time, the same for all of these calls.
  private func newest(
    _ columns: String, _ part: Part, _ condition: String, ofIndex: String, key: String? = nil
  ) -> String {
    let calls = "SELECT \(columns) FROM calls c WHERE \(condition)"
    guard part == .dated, leavesMostOut else { return "\(calls) \(order(part, after: key))" }
    let (keys, newest) = key.map { ("\($0) AS key, ", "key DESC, call_date DESC") } ?? ("", "call_date DESC")
    return """
      SELECT c.* FROM (SELECT DISTINCT \(keys)call_date FROM calls c WHERE \(ofIndex) ORDER BY \(newest)) moment
      CROSS JOIN LATERAL (\(calls) AND c.call_date = moment.call_date OFFSET 0) c
      ORDER BY \(key == nil ? "" : "moment.key DESC, ")moment.call_date DESC, c.id COLLATE "C" DESC LIMIT \(limit)
      """
  }

  /// A number of ours has many calls, of which the index gives the newest; a lead's are few. `OFFSET 0` keeps the
  /// calls of a range of URIs from being looked for in the order of their time, through the whole table. The rows are
  /// looked up one by one when it is known which they are: joined, the planner might read the whole table for them.
  private func byNumber(_ number: PhoneNumber, _ part: Part, _ conditions: inout Conditions) -> String {
    let spellings = conditions.parameter(.textArray(number.spellings), "text[]")
    let beginnings = conditions.parameter(.textArray(number.beginnings), "text[]")
    let lead = conditions.parameter(.text(number.canonical), "text")
    if search.pending != nil {
      // They are few, and looked up first.
      let isOfNumber = Self.isOf(lead, spellings, beginnings)
      return "SELECT * FROM calls c WHERE \(conditions.sql) AND \(isOfNumber) \(order(part))"
    }
    let columns = "c.id, c.call_date"
    func calls(_ condition: String) -> String {
      "SELECT \(columns) FROM calls c WHERE \(condition) AND \(conditions.sql)"
    }
    var ways = Self.isOfLead(lead).map(calls)
    for party in Self.parties {
      if hasIndexOfItsOwn {
        // The planner knows which are fewer, the number's calls or those that have the other index.
        ways.append(calls(party.isOne(of: spellings)))
      } else {
        // One by one, because it plans otherwise for a spelling of which it does not know how many calls there are.
        ways += number.spellings.indices.map { index in
          let written = party.isOne("(\(spellings))[\(index + 1)]")
          let newest = newest(
            columns, part, "\(written) AND \(conditions.sql)",
            ofIndex: "\(written) AND \(conditions.ofIndex)", key: party.name)
          return "(\(newest))"
        }
      }
      ways.append(
        """
        SELECT x.* FROM unnest(\(beginnings)) AS s (written) CROSS JOIN LATERAL (
          SELECT c.* FROM (\(calls(party.begins(with: "s.written"))) OFFSET 0) c \(order(part))) x
        """)
    }
    return """
      SELECT c.* FROM (
        SELECT c.id FROM (\(ways.joined(separator: "\nUNION\n"))) c \(order(part))
      ) found CROSS JOIN LATERAL (SELECT * FROM calls WHERE calls.id = found.id LIMIT 1) c
      """
  }

  private static let parties = [SQL.Party.caller("c"), SQL.Party.callee("c")]

  /// Whether a call is a lead's, for each kind of which the lead's number is stored.
  private static func isOfLead(_ lead: String) -> [String] {
    [SQL.isCandidate("c"), SQL.Party.caller("c").isWithheld, SQL.isTransfer("c")].map {
      "\($0) AND c.lead_number = \(lead)"
    }
  }

  /// Whether a row that has been read is a number's.
  private static func isOf(_ lead: String, _ spellings: String, _ beginnings: String) -> String {
    let ways =
      isOfLead(lead)
      + parties.flatMap { party in
        [
          party.isOne(of: spellings),
          "EXISTS (SELECT FROM unnest(\(beginnings)) AS s (written) WHERE \(party.begins(with: "s.written")))",
        ]
      }
    return "(\(ways.joined(separator: "\nOR ")))"
  }

  /// A row with its place in the list; nil for one that cannot be shown, which counts as one all the same: the
  /// list goes on after it.
  typealias Found = (call: ListedCall, place: CallSearch.Place)?

  static func read(_ result: PostgresResult) throws(PostgresError) -> [Found] {
    var found: [Found] = []
    found.reserveCapacity(result.rows.count)
    for row in result.rows {
      let moment = try row.int(ListedCallQuery.columnCount)
      let call = try ListedCallQuery.call(row)
      found.append(call.map { (call: $0, place: CallSearch.Place(microseconds: moment, sid: $0.sid)) })
    }
    return found
  }
}

/// What a search asks of each call, as SQL with its parameters.
private struct Conditions {
  private(set) var values: [PostgresValue] = []
  private var terms = ["c.source = 'twilio'"]
  private var ofRow: [String] = []

  var sql: String { (terms + ofRow).joined(separator: " AND ") }
  /// What the indexes of the time and of the numbers hold: all but the id, what makes a transfer unmatched and a call
  /// unpriced.
  var ofIndex: String { terms.joined(separator: " AND ") }

  init(_ search: CallSearch, _ part: CallSearchQuery.Part) {
    if let workspace = search.workspace {
      terms.append("c.workspace_id = \(parameter(.int(workspace.number), "bigint"))")
    }
    if search.isWithoutWorkspace { terms.append("c.workspace_id IS NULL") }
    if !search.cases.isEmpty {
      let directions = AttributionCase.all.filter(search.cases.contains).map { "'\($0.direction.text)'" }
      terms.append("c.direction IN (\(directions.joined(separator: ", ")))")
    }
    if let isUnmatched = search.isUnmatched {
      ofRow.append(Self.term("c.direction = 'trunking-originating' AND c.phone_number IS NULL", isUnmatched))
    }
    if let isUnpriced = search.isUnpriced {
      ofRow.append(Self.term(SQL.isUnpriced("c"), isUnpriced))
    }
    if let pending = search.pending {
      // As an array they are looked up one by one, whatever the order.
      ofRow.append("c.id = ANY (ARRAY(\(Self.sids(pending))))")
    }
    if let status = search.status { terms.append("c.status::text = \(parameter(.text(status), "text"))") }
    if let since = search.since {
      terms.append("c.call_date >= \(parameter(.moment(since), "timestamptz"))")
    }
    if let until = search.until {
      terms.append("c.call_date < \(parameter(.moment(until), "timestamptz"))")
    }
    switch part {
    case .dated:
      terms.append(SQL.isTime("c.call_date"))
      if let place = search.after, let microseconds = place.microseconds {
        let moment = SQL.moment(microseconds: parameter(.int(microseconds), "bigint"))
        let sid = parameter(.text(place.sid.text), "text")
        terms.append("c.call_date <= \(moment)")
        ofRow.append("(c.call_date < \(moment) OR c.id COLLATE \"C\" < \(sid))")
      }
    case .undated:
      terms.append(SQL.isNoTime("c.call_date"))
      if let place = search.after, place.microseconds == nil {
        ofRow.append("c.id COLLATE \"C\" < \(parameter(.text(place.sid.text), "text"))")
      }
    }
    // Others write the table, too: what is no SID has no place in the list after which it could go on.
    ofRow.append("c.id ~ '^CA[0-9A-Fa-f]{32}$'")
  }

  /// Adds a parameter and names it.
  mutating func parameter(_ value: PostgresValue, _ type: String) -> String {
    values.append(value)
    return "$\(values.count)::\(type)"
  }

  private static func sids(_ pending: CallSearch.Pending) -> String {
    switch pending {
    case .unsettled: "SELECT call_id FROM unsettled_calls WHERE given_up_at IS NULL"
    case .givenUp: "SELECT call_id FROM \(UnsettledListUpdate.givenUp)"
    }
  }

  private static func term(_ condition: String, _ isWanted: Bool) -> String {
    isWanted ? condition : "(\(condition)) IS NOT TRUE"
  }
}

extension AttributionCase {
  /// The direction of its calls.
  fileprivate var direction: CallDirection {
    switch self {
    case .outboundAPI: .outboundAPI
    case .trunkingTerminating: .trunkingTerminating
    case .transfer: .trunkingOriginating
    }
  }
}
