import CallDomain
import Postgres
import TestSupport
import Testing
import TwilioSimulator

/// The table held against the simulator, column by column.
struct TableComparison {
  private(set) var equal = 0
  /// Stored calls that changed at Twilio since they were last asked for, where that was allowed.
  private(set) var behind = 0
  private(set) var missing: [String] = []
  /// Stored, and unknown to the simulator.
  private(set) var unknown: [String] = []
  private(set) var different: [String] = []

  static let columns: [(name: String, sql: String)] = [
    ("phone_from", "phone_from"), ("phone_to", "phone_to"), ("direction", "direction"),
    ("status", "status"), ("duration", "duration::text"), ("raw duration", "raw_data->>'duration'"),
    ("cost", "cost::text"), ("raw price", "raw_data->>'price'"), ("price_unit", "price_unit"),
    ("call_date", "extract(epoch FROM call_date)::bigint::text"),
    ("ended_at", "extract(epoch FROM ended_at)::bigint::text"),
    ("twilio_updated_at", "extract(epoch FROM twilio_updated_at)::bigint::text"),
    ("raw startTime", "raw_data->>'startTime'"), ("raw endTime", "raw_data->>'endTime'"),
  ]

  /// - Parameters:
  ///   - isExpected: Whether a call must be stored by now.
  ///   - mayBeBehind: Whether a stored call may still lack Twilio's last change.
  init(
    _ installation: Installation, _ truth: SimulatedTruth, isExpected: (SimulatedTruth.Entry) -> Bool,
    mayBeBehind: (SimulatedTruth.Entry) -> Bool = { _ in false }
  ) async throws {
    var stored = try await Self.stored(installation)
    for entry in truth.entries {
      guard let row = stored.removeValue(forKey: entry.sid) else {
        if isExpected(entry) { missing.append("\(entry.sid) of \(entry.began.iso8601): \(entry.columns)") }
        continue
      }
      if row == entry.columns {
        equal += 1
      } else if mayBeBehind(entry) {
        behind += 1
      } else {
        different.append(Self.difference(entry, row))
      }
    }
    unknown = stored.keys.sorted()
  }

  /// Fails the test for whatever is not as it should be.
  func expectNothingWrong(_ comment: Comment? = nil) {
    #expect(missing.isEmpty, comment)
    #expect(different.isEmpty, comment)
    #expect(unknown.isEmpty, comment)
  }

  private static func stored(_ installation: Installation) async throws -> [String: [String: String]] {
    let selected = columns.map(\.sql).joined(separator: ", ")
    let result = try await installation.pool.repeatable(
      PostgresStatement("SELECT id, \(selected) FROM calls WHERE source = 'twilio'"))
    var stored: [String: [String: String]] = [:]
    for row in result.rows {
      var values: [String: String] = [:]
      for (index, column) in columns.enumerated() { values[column.name] = try row.text(index + 1) }
      stored[try row.requiredText(0)] = values
    }
    #expect(stored.count == result.rows.count)
    return stored
  }

  private static func difference(_ entry: SimulatedTruth.Entry, _ row: [String: String]) -> String {
    let names = columns.map(\.name).filter { row[$0] != entry.columns[$0] }
    let values = names.map { "\($0): stored \(row[$0] ?? "NULL"), Twilio \(entry.columns[$0] ?? "NULL")" }
    return "\(entry.sid) of \(entry.began.iso8601): \(values.joined(separator: "; "))"
  }
}

extension Installation {
  /// The rows of `workspace_phones`.
  func directory() async throws -> [PhoneRow] {
    let result = try await pool.repeatable(
      PostgresStatement("SELECT id, workspace_id, phone_number, is_primary FROM workspace_phones ORDER BY id")
    )
    var rows: [PhoneRow] = []
    for row in result.rows {
      try rows.append(
        PhoneRow(
          id: row.requiredInt(0), workspace: row.int(1).map { WorkspaceID($0) }, number: row.requiredText(2),
          isPrimary: row.requiredBool(3)))
    }
    return rows
  }

  /// Holds the attribution of every stored call, and the numbers that were created, against one plain pass
  /// over all of them.
  ///
  /// - Parameters:
  ///   - isByLead: A pass for each lead instead. It comes to the same, since calls of different leads do not
  ///     decide about each other, and in no time.
  ///   - formerOwn: Numbers that were ours by a direction that has changed since; they may have been created.
  ///   - comment: Names the seed.
  func expectPlainAttribution(
    _ truth: SimulatedTruth, directory before: [PhoneRow], isByLead: Bool = false,
    formerOwn: Set<String> = [], comment: String = ""
  ) async throws {
    let result = try await pool.repeatable(
      PostgresStatement("SELECT id, workspace_id, phone_number, lead_number FROM calls"))
    var stored: [CallSID: PlainModel.Row] = [:]
    for row in result.rows {
      let sid = try #require(try CallSID(row.requiredText(0)))
      stored[sid] = try PlainModel.Row(
        workspace: WorkspaceID(row.requiredInt(1)), phoneNumber: row.text(2), leadNumber: row.text(3))
    }
    let all = truth.entries.map(\.call).filter { stored[$0.sid] != nil }
    let calls = all.filter { !Self.isFormerTransfer($0) }
    for call in all where Self.isFormerTransfer(call) {
      let row = try #require(stored[call.sid])
      let lead = PhoneNumber(call.from)?.canonical
      #expect(row.leadNumber == lead, "\(comment) \(call.sid)")
      let rang = all.filter { PhoneNumber($0.to)?.canonical == lead }.map { PhoneNumber($0.from)?.canonical }
      #expect(row.phoneNumber == nil || rang.contains(row.phoneNumber), "\(comment) \(call.sid)")
    }
    let former = Set(calls.filter { $0.attributionCase == nil }.map(\.sid))
    let passes = isByLead ? Array(Dictionary(grouping: calls, by: Self.lead).values) : [calls]
    var rows: [CallSID: PlainModel.Row] = [:]
    var phones: Set<String> = []
    for calls in passes {
      let plain = PlainModel(
        calls: calls, directory: before, defaultWorkspace: WorkspaceID(1), former: former
      ).outcome()
      rows.merge(plain.rows) { $1 }
      phones.formUnion(plain.createdPhones)
    }
    let wrong = rows.filter { stored[$0.key] != $0.value }
    #expect(wrong.isEmpty, "\(comment) stored: \(wrong.keys.map { stored[$0] })")
    let known = Set(before.map(\.id))
    let created = try await directory().filter { !known.contains($0.id) }.map(\.number)
    #expect(Set(created).subtracting(formerOwn) == phones.subtracting(formerOwn), "\(comment)")
    #expect(Set(created).count == created.count, "\(comment)")
  }

  /// A transfer, which alone goes to a SIP address, that is of no case any more: its row stays as it was decided last,
  /// and when that was is chance.
  private static func isFormerTransfer(_ call: Call) -> Bool {
    call.attributionCase == nil && call.to?.hasPrefix("sip:") == true
  }

  private static func lead(_ call: Call) -> String? {
    PhoneNumber(call.direction?.text == "trunking-originating" ? call.from : call.to)?.canonical
  }
}
