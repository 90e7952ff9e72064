/// A call given as a JSON object, served as it was given: the way for a test to show a client any
/// row, broken ones included.
///
/// Keys that are missing get ordinary values. Times may be written as ISO 8601 with `Z` and are then
/// served in RFC 2822. Keys that begin with `_` are for the simulator: `_listed_at` (ISO 8601, the
/// list shows the call from then on), `_omit` (array of keys to leave out).
struct CallDocument: Sendable {
  let sid: String
  let created: Moment
  let listed: Moment?
  let facts: FilteredFacts
  let fields: [String: JSONValue]
  let omitted: Set<String>

  /// Throws a sentence when the object has no SID of the right form.
  init(_ given: [String: JSONValue], now: Moment) throws(SimulatorError) {
    guard let sid = given["sid"]?.text, Self.isCallSID(sid) else {
      throw SimulatorError("Each call needs a \"sid\": CA and 32 hexadecimal digits.")
    }
    let fields = given.mapValues(Self.served)
    let started = fields["start_time"]?.text.flatMap { Moment(rfc2822: $0) }
    let created = fields["date_created"]?.text.flatMap { Moment(rfc2822: $0) } ?? started ?? now.wholeSecond
    self.sid = sid
    self.created = created
    listed = given["_listed_at"]?.text.flatMap { Moment(filterText: $0) }
    omitted = Set(given["_omit"]?.elements.compactMap(\.text) ?? [])
    self.fields = Self.completed(fields, created: created)
    facts = FilteredFacts(
      to: self.fields["to"]?.text ?? "", from: self.fields["from"]?.text ?? "",
      parentCallSID: fields["parent_call_sid"]?.text, status: self.fields["status"]?.text ?? "",
      started: started ?? created, ended: fields["end_time"]?.text.flatMap { Moment(rfc2822: $0) })
  }

  static func isCallSID(_ text: String) -> Bool {
    text.hasPrefix("CA") && text.utf8.count == 34
      && text.dropFirst(2).utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
      }
  }

  private static func served(_ value: JSONValue) -> JSONValue {
    guard let text = value.text, text.hasSuffix("Z"), text.utf8.count >= 17,
      let moment = Moment(filterText: text)
    else { return value }
    return .string(moment.rfc2822)
  }

  private static func completed(_ given: [String: JSONValue], created: Moment) -> [String: JSONValue] {
    let start = given["start_time"] ?? .string(created.rfc2822)
    let defaults: [String: JSONValue] = [
      "date_created": .string(created.rfc2822), "start_time": start,
      "date_updated": given["end_time"].flatMap { $0.text == nil ? nil : $0 } ?? .string(created.rfc2822),
      "direction": .string("outbound-api"), "status": .string("completed"),
      "from": .string(OwnNumber.all[0].number), "to": .string("+34600000001"),
      "price_unit": .string("USD"), "api_version": .string("2010-04-01"),
      "caller_name": .string(""), "trunk_sid": .string(""), "queue_time": .string("0"),
    ]
    return defaults.merging(given) { $1 }
  }
}
