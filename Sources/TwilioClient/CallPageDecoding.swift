package import CallDomain

/// From the bytes of an answer to calls: the one place that knows Twilio's JSON.
///
/// A field that is absent, null or of an unexpected form is unknown and never fails its page.
package enum CallPageDecoding {
  /// Reads a page of the list.
  ///
  /// - Throws: `malformed` or `noCalls`.
  package static func page(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> CallPage {
    var json = JSONReader(body)
    let answer: ListAnswer
    do {
      answer = try ListAnswer(from: &json)
      try json.finish()
    } catch {
      throw .malformed
    }
    guard json.isUTF8 else { throw .malformed }
    guard let records = answer.records else { throw .noCalls }
    return CallPage(calls: records.calls, next: answer.next, unreadable: records.unreadable)
  }

  /// Reads the answer about one call.
  ///
  /// - Throws: `malformed`, also when it has no valid SID.
  package static func call(_ body: [UInt8]) throws(TwilioError.BadAnswer) -> Call {
    var json = JSONReader(body)
    var record = CallRecord()
    let call: Call?
    do {
      call = try record.call(from: &json)
      try json.finish()
    } catch {
      throw .malformed
    }
    guard let call else { throw .malformed }
    return call
  }
}

/// What is read of a page of the list. Of two values under one key the first counts.
struct ListAnswer {
  /// Nil when there is no list under `calls`.
  private(set) var records: DistinctCalls?
  /// Nil when absent, null or empty.
  private(set) var next: String?

  /// - Throws: also when the next page is neither text nor null: a number or an object there is
  ///   not the end of the list.
  init(from json: inout JSONReader) throws(JSONReader.Malformed) {
    guard try json.next() == UInt8(ascii: "{") else { throw JSONReader.Malformed() }
    var sawCalls = false
    var sawNext = false
    try json.enter()
    while let key = try json.key() {
      guard let name = json.text(of: key) else { throw JSONReader.Malformed() }
      switch name {
      case "calls" where !sawCalls:
        sawCalls = true
        records = try Self.records(from: &json)
      case "next_page_uri" where !sawNext:
        sawNext = true
        next = try Self.next(from: &json)
      default: _ = try json.value()
      }
    }
  }

  private static func records(
    from json: inout JSONReader
  ) throws(JSONReader.Malformed) -> DistinctCalls? {
    guard try json.next() == UInt8(ascii: "[") else {
      _ = try json.value()
      return nil
    }
    var record = CallRecord()
    var calls = DistinctCalls()
    try json.enter()
    while try json.hasMember(before: "]") {
      if let call = try record.call(from: &json) { calls.add(call) } else { calls.unreadable += 1 }
    }
    return calls
  }

  private static func next(from json: inout JSONReader) throws(JSONReader.Malformed) -> String? {
    let value = try json.value()
    switch value.kind {
    case .null: return nil
    case .plain, .coded:
      // U+0000 cannot be stored, and this may have to be.
      guard let next = json.text(of: value), !next.unicodeScalars.contains("\0") else {
        throw JSONReader.Malformed()
      }
      return next.isEmpty ? nil : next
    case .number, .other: throw JSONReader.Malformed()
    }
  }
}

/// Calls with every SID once, at its first place.
struct DistinctCalls {
  private(set) var calls: [Call] = []
  /// How many records were no calls.
  var unreadable = 0
  private var places: [CallSID: Int] = [:]

  init() {
    calls.reserveCapacity(CallQuery.largestPage)
    places.reserveCapacity(CallQuery.largestPage)
  }

  /// Of two versions of a call the later one counts.
  mutating func add(_ call: Call) {
    if let place = places[call.sid] {
      calls[place] = calls[place].merged(with: call)
    } else {
      places[call.sid] = calls.count
      calls.append(call)
    }
  }
}
