import CallDomain
import Foundation
import Testing
import TwilioSimulator
import WebServer

/// The calls as the simulator shows them now, read from its JSON without any of the service's code.
struct SimulatedTruth {
  /// One call that is to be stored.
  struct Entry {
    let sid: String
    /// By the names of `TableComparison.columns`; NULL is absent.
    let columns: [String: String]
    /// Start, else creation.
    let began: Timestamp
    let created: Timestamp
    let ended: Timestamp?
    let updated: Timestamp
    let call: Call
  }

  let entries: [Entry]

  /// Lists the whole log, page by page.
  ///
  /// - Parameter former: Calls that are to be stored although they are of no case now.
  init(_ simulation: Simulation, from start: Timestamp, former: Set<String> = []) throws {
    let password = Data("\(AccountCredentials().accountSID):\(Secrets.authToken)".utf8).base64EncodedString()
    var entries: [Entry] = []
    let account = AccountCredentials().accountSID
    var next: String? =
      "/2010-04-01/Accounts/\(account)/Calls.json?PageSize=1000&StartTime%3E=\(start.startOfDay.iso8601.prefix(10))"
    while let page = next {
      let target = try #require(RequestTarget(page))
      let answer = simulation.answer(method: "GET", target: target, authorization: "Basic \(password)")
      try #require(answer.status == 200)
      let parsed = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any]
      let fields = try #require(parsed)
      next = fields["next_page_uri"] as? String
      for call in try #require(fields["calls"] as? [[String: Any]]) {
        if let entry = try Self.entry(call, former) { entries.append(entry) }
      }
    }
    self.entries = entries
  }

  private static let storedDirections = ["outbound-api", "trunking-terminating", "trunking-originating"]

  private static func entry(_ fields: [String: Any], _ former: Set<String>) throws -> Entry? {
    func text(_ key: String) -> String? { fields[key] as? String }
    func known(_ key: String) -> String? { text(key).flatMap { $0.isEmpty ? nil : $0 } }
    func moment(_ key: String) -> Timestamp? { known(key).flatMap { Timestamp(rfc2822: $0) } }
    let sid = try #require(text("sid"))
    guard let direction = text("direction") else { return nil }
    guard storedDirections.contains(direction) || former.contains(sid) else { return nil }
    let created = try #require(moment("date_created"))
    let updated = try #require(moment("date_updated"))
    let began = moment("start_time") ?? created
    let ended = moment("end_time")
    var columns = ["direction": direction]
    columns["phone_from"] = text("from")
    columns["phone_to"] = text("to")
    columns["status"] = known("status")
    columns["duration"] = known("duration")
    columns["raw duration"] = known("duration")
    columns["cost"] = known("price").map { String($0.drop { $0 == "-" }) }
    columns["raw price"] = known("price")
    columns["price_unit"] = known("price_unit")
    columns["call_date"] = "\(began.seconds)"
    columns["ended_at"] = ended.map { "\($0.seconds)" }
    columns["twilio_updated_at"] = "\(updated.seconds)"
    columns["raw startTime"] = moment("start_time")?.iso8601
    columns["raw endTime"] = ended?.iso8601
    let call = Call(
      sid: try #require(CallSID(sid)), from: text("from"), to: text("to"),
      direction: CallDirection(direction), startTime: moment("start_time"),
      endTime: ended, dateCreated: created)
    return Entry(
      sid: sid, columns: columns, began: began, created: created, ended: ended, updated: updated, call: call)
  }
}
