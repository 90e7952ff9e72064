import CallDomain

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
      guard let next = json.text(of: value) else { throw JSONReader.Malformed() }
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
    calls.reserveCapacity(CallListRequest.largestPage)
    places.reserveCapacity(CallListRequest.largestPage)
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
