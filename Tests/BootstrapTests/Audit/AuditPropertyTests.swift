import CallDomain
import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("Audits of random months", .timeLimit(.minutes(90)))
struct AuditPropertyTests {
  @Test(
    "Each damage is named with its day, and none too many: a resync begun anew is the judge, and settles it")
  func damaged() async throws {
    try await forEachSeed(2) { random in
      try await withAuditedMonth(seed: random.next()) { site in
        var damage = Damage(site: site, random: random)
        try await damage.strike(random.number(in: 1...40))
        let before = try await Rows(site.installation)
        let found = try await site.audit()
        let between = try await Rows(site.installation)
        try #require(between.facts == before.facts && between.attributions == before.attributions)
        try await site.resync()
        let expected = try await before.changes(to: Rows(site.installation), damage.gone, site)
        let named = Set(found.named)
        try #require(named.count == found.named.count, "named twice: \(found.text)")
        try #require(
          named == expected,
          "too many: \(named.subtracting(expected)), not named: \(expected.subtracting(named)), of \(damage.log)"
        )
        for kind in AuditDifference.Kind.allCases {
          try #require(found.sum(kind.rawValue) == expected.count { $0.kind == kind.rawValue }, "\(kind)")
        }
        let differs = expected.contains { $0.kind != "gone" }
        try #require(found.agrees == !differs && found.status == (differs ? 1 : 0))
        let after = try await site.audit()
        try #require(after.agrees == true && after.status == 0, "\(after.text)")
        try #require(Set(after.named) == expected.filter { $0.kind == "gone" })
      }
    }
  }

  @Test("Months without damage have no difference, also while hourly runs and a resync are at work")
  func undamaged() async throws {
    try await forEachSeed(1) { random in
      try await withAuditedMonth(seed: random.next()) { site in
        async let resync: Void = site.resync()
        async let hourly: Void = {
          for _ in 0..<3 {
            let ended = try await site.installation.run("hourly", "--json")
            try #require(ended.status == 0, "\(ended.errors)")
          }
        }()
        for _ in 0..<2 {
          let found = try await site.audit()
          try #require(found.agrees == true && found.status == 0 && found.named.isEmpty, "\(found.text)")
          try #require(found.sum("twilioCalls") == found.sum("storedCalls"))
          try #require(found.sum("twilioCalls") == site.calls.count)
        }
        _ = try await (resync, hourly)
      }
    }
  }
}

/// What stands in `calls`.
private struct Rows {
  /// All of a row but its attribution, by its id.
  private(set) var facts: [String: String] = [:]
  private(set) var attributions: [String: String] = [:]
  private var days: [String: String] = [:]

  init(_ installation: Installation) async throws {
    func column(_ expression: String) async throws -> [String] {
      try await installation.column("SELECT \(expression) FROM calls ORDER BY id COLLATE \"C\"").map {
        $0 ?? ""
      }
    }
    let ids = try await column("id")
    let words =
      "to_jsonb(calls) - ARRAY['workspace_id', 'phone_number', 'updated_at', 'created_at', 'gone_at']"
    facts = Dictionary(uniqueKeysWithValues: zip(ids, try await column("(\(words))::text")))
    attributions = Dictionary(
      uniqueKeysWithValues: zip(ids, try await column("concat(workspace_id, ' ', phone_number)")))
    days = Dictionary(
      uniqueKeysWithValues: zip(ids, try await column("(call_date AT TIME ZONE 'UTC')::date::text")))
  }

  /// What an audit is to name, by what a resync that was begun anew has changed.
  ///
  /// - Parameter gone: Rows that Twilio does not know.
  func changes(to after: Rows, _ gone: Set<String>, _ site: AuditSite) -> Set<Named> {
    var named = Set(gone.map { Named(sid: $0, day: days[$0] ?? "", kind: "gone") })
    for (id, new) in after.facts where !gone.contains(id) {
      let day = after.days[id] ?? ""
      if facts[id] == nil {
        named.insert(Named(sid: id, day: day, kind: "missing"))
      } else if facts[id] != new {
        named.insert(Named(sid: id, day: day, kind: "different"))
      } else if attributions[id] != after.attributions[id] {
        named.insert(Named(sid: id, day: day, kind: "misattributed"))
      }
    }
    return named
  }
}

/// Does damage to a month, one to a call at the most.
private struct Damage {
  let site: AuditSite
  var random: TestSupport.SeededRandom
  /// Rows that Twilio does not know afterwards.
  private(set) var gone: Set<String> = []
  private(set) var log: [String] = []

  init(site: AuditSite, random: TestSupport.SeededRandom) {
    self.site = site
    self.random = random
  }

  mutating func strike(_ count: Int) async throws {
    for call in site.calls.shuffled(using: &random).prefix(count) {
      switch random.number(in: 0...9) {
      case 0, 1: try await sql("DELETE FROM calls WHERE id = '\(call.sid)'")
      case 2, 3: try await alterRow(call.sid)
      case 4: try await double(call.sid)
      case 5:
        _ = site.installation.simulation.remove(sid: call.sid)
        gone.insert(call.sid)
        log.append("removed \(call.sid)")
      case 6:
        _ = site.installation.simulation.lose(sid: call.sid)
        log.append("lost \(call.sid)")
      case 7: try alterCall(call)
      default: try await reassign(call.sid)
      }
    }
  }

  private mutating func sql(_ statement: String) async throws {
    log.append(statement)
    try await site.installation.sql(statement)
  }

  private mutating func alterRow(_ sid: String) async throws {
    let change = random.one(
      of: "status = 'busy-' || status", "duration = coalesce(duration, 0) + 1", "cost = 7.5",
      "price_unit = 'EUR'",
      "phone_from = phone_from || '1'", "phone_to = phone_to || '1'", "lead_number = '+34699999999'",
      "call_date = call_date + INTERVAL '1 minute'", "call_date = call_date - INTERVAL '26 hours'",
      "ended_at = ended_at + INTERVAL '5 hours'", "effective_at = effective_at - INTERVAL '3 days'",
      "twilio_updated_at = NULL", "direction = 'inbound'", "raw_data = raw_data || '{\"status\": \"x\"}'",
      "raw_data = raw_data - 'price' - 'sid'", "raw_data = '{}'", "raw_data = '[1]'",
      "raw_data = raw_data || '{\"startTime\": \"2020-01-01T00:00:00.000Z\"}'")
    try await sql("UPDATE calls SET \(change) WHERE id = '\(sid)'")
  }

  private mutating func reassign(_ sid: String) async throws {
    let change = random.one(
      of: "workspace_id = workspace_id % 6 + 1", "phone_number = '+34910000099'", "phone_number = NULL")
    try await site.installation.sql(
      "INSERT INTO workspaces (id, name) VALUES (2, 'd'), (3, 'e') ON CONFLICT DO NOTHING")
    try await sql("UPDATE calls SET \(change) WHERE id = '\(sid)'")
  }

  private mutating func double(_ sid: String) async throws {
    let digits = String(random.next() >> 4, radix: 16)
    let id =
      random.chance(70)
      ? "CA" + String(repeating: "f", count: 32 - digits.count) + digits : "copia-\(digits)"
    try await sql(
      """
      INSERT INTO calls SELECT (jsonb_populate_record(NULL::calls, to_jsonb(c) || '{"id": "\(id)"}')).*
      FROM calls c WHERE id = '\(sid)'
      """)
    gone.insert(id)
  }

  private mutating func alterCall(_ call: SimulatedCall) throws {
    let change = random.one(
      of: #"{"status":"busy"}"#, #"{"duration":"99999"}"#, #"{"price":"-7.5"}"#, #"{"price":null}"#,
      #"{"price_unit":"EUR"}"#, #"{"from":"+34911679860"}"#, #"{"to":"+34600000001"}"#,
      #"{"direction":"inbound"}"#, #"{"direction":"trunking-originating"}"#, #"{"direction":"outbound-api"}"#,
      #"{"end_time":null}"#, #"{"date_updated":"2026-01-01T00:00:00Z"}"#)
    log.append("\(call.sid): \(change)")
    try #require(try site.installation.simulation.alter(sid: call.sid, json: change))
  }
}
