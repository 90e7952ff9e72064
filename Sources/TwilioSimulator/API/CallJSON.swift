import CallDomain

/// What a call shows that nobody answered.
package enum EmptyFieldStyle: String, Sendable, Codable {
  /// As Twilio's documentation says: no end, an empty duration, absent SIDs null.
  case documented
  /// As real answers look: start, end and duration `"0"` set, absent trunk and caller name `""`.
  case real

  func start(of life: CallLife) -> Timestamp? {
    self == .documented && ["failed", "canceled"].contains(life.status) ? nil : life.dialled
  }

  func end(of life: CallLife) -> Timestamp? {
    self == .documented && life.isUnanswered ? nil : life.ended
  }

  fileprivate func duration(of life: CallLife) -> String? {
    if life.isUnanswered { return self == .documented ? "" : "0" }
    guard let started = life.dialled, let ended = life.ended else { return nil }
    return String(ended.seconds - started.seconds)
  }
}

/// Writes calls as Twilio answers them: every published field, in the order of real answers.
struct CallJSON: Sendable {
  let accountSID: String
  let style: EmptyFieldStyle
  /// The URIs of what belongs to a call, cut where the call's SID is to be.
  private let subresources: [String]

  init(accountSID: String, style: EmptyFieldStyle) {
    (self.accountSID, self.style) = (accountSID, style)
    let uris = [
      ("notifications", "Notifications"), ("recordings", "Recordings"), ("payments", "Payments"),
      ("events", "Events"), ("siprec", "Siprec"), ("streams", "Streams"),
      ("transcriptions", "Transcriptions"),
      ("user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"),
      ("user_defined_messages", "UserDefinedMessages"),
    ].map { key, name in "\"\(key)\":\"/2010-04-01/Accounts/\(accountSID)/Calls/\n/\(name).json\"" }
    subresources = "{\(uris.joined(separator: ","))}".split(separator: "\n").map(String.init)
  }

  /// A call's JSON object as it is at `now`, with the members of `given` and without those of `omitted`.
  func bytes(
    of call: SimulatedCall, at now: Timestamp, given: [String: JSONValue]? = nil, omitted: Set<String> = []
  ) -> [UInt8] {
    let life = call.life.seen(at: now)
    let absent = JSONValue.text(style == .real ? "" : nil)
    let uri = "/2010-04-01/Accounts/\(accountSID)/Calls/\(call.sid)"
    var json = JSONObject(given ?? (life.ended == nil ? [:] : call.lateFields), without: omitted)
    json.write("sid", .string(call.sid))
    json.write("account_sid", .string(accountSID))
    json.write("date_created", .string(life.created.rfc2822))
    json.write("date_updated", .string(life.lastChange.rfc2822))
    json.write("start_time", .text(style.start(of: life)?.rfc2822))
    json.write("end_time", .text(style.end(of: life)?.rfc2822))
    json.write("duration", .text(style.duration(of: life)))
    json.write("parent_call_sid", .text(call.parentCallSID))
    json.write("from", .string(call.from))
    json.write("from_formatted", .string(Self.formatted(call.from)))
    json.write("to", .string(call.to))
    json.write("to_formatted", .string(Self.formatted(call.to)))
    json.write("phone_number_sid", absent)
    json.write("forwarded_from", .null)
    json.write("status", .string(life.status))
    json.write("direction", .string(call.direction))
    json.write("price", .text(life.priced == nil ? nil : call.price))
    json.write("price_unit", .string("USD"))
    json.write("answered_by", .null)
    json.write("api_version", .string("2010-04-01"))
    json.write("annotation", .null)
    json.write("group_sid", .null)
    json.write("caller_name", absent)
    json.write("queue_time", .string("0"))
    json.write("trunk_sid", absent)
    json.write("uri", .string(uri + ".json"))
    json.write("subresource_uris", .verbatim(subresources.joined(separator: call.sid)))
    return json.bytes()
  }

  /// North American numbers as `(NNN) NNN-NNNN`, everything else as it is.
  static func formatted(_ party: String) -> String {
    guard party.hasPrefix("+1"), party.utf8.count == 12 else { return party }
    let digits = party.dropFirst(2)
    return "(\(digits.prefix(3))) \(digits.dropFirst(3).prefix(3))-\(digits.dropFirst(6))"
  }
}
