/// Writes a call as Twilio answers it: every field of facts 1.8, in the order of real answers.
struct CallJSON: Sendable {
  let accountSID: String
  let style: EmptyFieldStyle

  func append(_ entry: AccountEntry, at now: Moment, to writer: inout JSONWriter) {
    switch entry {
    case .living(let call): append(call, at: now, to: &writer)
    case .settled(let call): writer.raw(call.json)
    case .document(let document): append(document, to: &writer)
    }
  }

  private func append(_ call: SimulatedCall, at now: Moment, to writer: inout JSONWriter) {
    let state = call.life.state(at: now)
    writer.raw("{")
    writer.member("sid", call.sid)
    writer.member("account_sid", accountSID)
    appendTimes(of: call, state, to: &writer)
    appendParties(of: call, to: &writer)
    writer.member("status", state.status)
    writer.member("direction", call.direction)
    writer.member("price", state.priced ? call.price : nil)
    writer.member("price_unit", "USD")
    writer.member("answered_by", state.isUnanswered || state.ended == nil ? nil : call.answeredBy)
    writer.member("api_version", "2010-04-01")
    writer.member("annotation", nil as String?)
    writer.member("group_sid", nil as String?)
    writer.member("caller_name", absent)
    writer.member("queue_time", "0")
    writer.member("trunk_sid", state.ended == nil ? absent : call.trunkSID ?? absent)
    appendURIs(of: call.sid, to: &writer)
    for (key, json) in call.extraKeys.sorted(by: { $0.key < $1.key }) { writer.raw(",\"\(key)\":\(json)") }
    writer.raw("}")
  }

  private var absent: String? { style == .real ? "" : nil }

  private func appendTimes(of call: SimulatedCall, _ state: CallState, to writer: inout JSONWriter) {
    writer.member("date_created", call.life.created.rfc2822)
    writer.member("date_updated", state.updated.rfc2822)
    writer.member("start_time", style.start(of: state)?.rfc2822)
    writer.member("end_time", style.end(of: state)?.rfc2822)
    writer.member("duration", duration(of: state))
  }

  private func duration(of state: CallState) -> String? {
    if style == .documented, state.isUnanswered { return "" }
    return state.durationSeconds.map { "\($0)" }
  }

  private func appendParties(of call: SimulatedCall, to writer: inout JSONWriter) {
    writer.member("parent_call_sid", call.parentCallSID)
    writer.member("from", call.from)
    writer.member("from_formatted", Self.formatted(call.from))
    writer.member("to", call.to)
    writer.member("to_formatted", Self.formatted(call.to))
    writer.member("phone_number_sid", absent)
    writer.member("forwarded_from", call.forwardedFrom)
  }

  private static let subresources = [
    ("notifications", "Notifications"), ("recordings", "Recordings"), ("payments", "Payments"),
    ("events", "Events"), ("siprec", "Siprec"), ("streams", "Streams"),
    ("transcriptions", "Transcriptions"),
    ("user_defined_message_subscriptions", "UserDefinedMessageSubscriptions"),
    ("user_defined_messages", "UserDefinedMessages"),
  ]

  /// `"uri":"…","subresource_uris":{…}` without a comma behind.
  private func appendURIs(of sid: String, to writer: inout JSONWriter) {
    let base = "/2010-04-01/Accounts/\(accountSID)/Calls/\(sid)"
    writer.member("uri", base + ".json")
    writer.raw("\"subresource_uris\":{")
    for (key, name) in Self.subresources {
      writer.raw("\"\(key)\":\"\(base)/\(name).json\",")
    }
    writer.dropTrailingComma()
    writer.raw("}")
  }

  /// North American numbers as `(NNN) NNN-NNNN`, everything else as it is.
  static func formatted(_ party: String) -> String {
    guard party.hasPrefix("+1"), party.utf8.count == 12 else { return party }
    let digits = party.dropFirst(2)
    return "(\(digits.prefix(3))) \(digits.dropFirst(3).prefix(3))-\(digits.dropFirst(6))"
  }
}

extension CallJSON {
  /// The keys of a call, in the order of real answers, besides the two of the URIs.
  static let keys = [
    "sid", "account_sid", "date_created", "date_updated", "start_time", "end_time", "duration",
    "parent_call_sid", "from", "from_formatted", "to", "to_formatted", "phone_number_sid",
    "forwarded_from", "status", "direction", "price", "price_unit", "answered_by", "api_version",
    "annotation", "group_sid", "caller_name", "queue_time", "trunk_sid",
  ]

  private func append(_ document: CallDocument, to writer: inout JSONWriter) {
    var fields = document.fields
    fields["account_sid"] = fields["account_sid"] ?? .string(accountSID)
    for side in ["from", "to"] where fields[side + "_formatted"] == nil {
      fields[side + "_formatted"] = fields[side]?.text.map { .string(Self.formatted($0)) }
    }
    writer.raw("{")
    for key in Self.keys where !document.omitted.contains(key) {
      writer.member(key, fields[key] ?? .null)
    }
    for (key, value) in fields.sorted(by: { $0.key < $1.key })
    where !Self.keys.contains(key) && !key.hasPrefix("_") {
      writer.member(key, value)
    }
    appendURIs(of: document, to: &writer)
    writer.dropTrailingComma()
    writer.raw("}")
  }

  private func appendURIs(of document: CallDocument, to writer: inout JSONWriter) {
    let taken = document.omitted.union(document.fields.keys)
    guard !taken.contains("uri"), !taken.contains("subresource_uris") else { return }
    appendURIs(of: document.sid, to: &writer)
  }
}
