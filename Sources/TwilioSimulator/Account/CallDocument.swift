import CallDomain

extension SettledCall {
  /// A call given as a JSON object and served as it was given: the way for a test to show a client any row,
  /// broken ones included.
  ///
  /// Keys that are missing get ordinary values. Times may be written as ISO 8601 with `Z` and are then
  /// served in RFC 2822. Keys that begin with `_` are for the simulator: `_listed_at` (ISO 8601, the
  /// list shows the call from then on), `_omit` (array of keys to leave out).
  /// - Throws: a sentence when the object has no SID of the right form.
  convenience init(
    document: JSONValue, accountSID: String, now: Timestamp
  ) throws(SimulatorError) {
    guard let document = document.fields, let sid = document["sid"]?.text, CallSID(sid) != nil else {
      throw SimulatorError("Each call is an object with a \"sid\": CA and 32 hexadecimal digits.")
    }
    var given = document.filter { !$0.key.hasPrefix("_") }.mapValues(Self.served)
    func time(_ key: String) -> Timestamp? { given[key]?.text.flatMap { Timestamp(rfc2822: $0) } }
    let (started, ended) = (time("start_time"), time("end_time"))
    let created = time("date_created") ?? started ?? now.wholeSecond
    given["status"] = given["status"] ?? .string("completed")
    given["date_updated"] = given["date_updated"] ?? given["end_time"].flatMap { $0.text == nil ? nil : $0 }
    for side in ["from", "to"] {
      let formatted = given[side].map { JSONValue.text($0.text.map(CallJSON.formatted)) }
      given[side + "_formatted"] = given[side + "_formatted"] ?? formatted
    }

    let life = CallLife(created: created, dialled: created)
    let ordinary = SimulatedCall(sid: sid, from: OwnNumber.all[0].number, to: "+34600000001", life: life)
    self.init(
      created: created, sid: sid, since: created,
      listed: document["_listed_at"]?.text.flatMap { Timestamp(filterText: $0) },
      facts: FilteredFacts(
        to: (given["to"] ?? .string(ordinary.to)).text ?? "",
        from: (given["from"] ?? .string(ordinary.from)).text ?? "",
        parentCallSID: given["parent_call_sid"]?.text, status: given["status"]?.text ?? "",
        started: started ?? created, ended: ended),
      bytes: CallJSON(accountSID: accountSID, style: .real).bytes(
        of: ordinary, at: created, given: given,
        omitted: Set(document["_omit"]?.elements?.compactMap(\.text) ?? [])))
  }

  /// A time as it is served; everything else as it is.
  private static func served(_ value: JSONValue) -> JSONValue {
    guard let text = value.text, text.hasSuffix("Z"), text.utf8.count >= 17,
      let moment = Timestamp(filterText: text)
    else { return value }
    return .string(moment.rfc2822)
  }
}
