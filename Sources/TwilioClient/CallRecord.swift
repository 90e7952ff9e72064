import CallDomain

/// Reads calls' records. One serves for a whole page, because it holds memory.
struct CallRecord {
  private let names = CallFieldNames()
  private var values = [JSONToken?](repeating: nil, count: CallField.allCases.count)

  /// Reads the next value.
  ///
  /// - Returns: nil when it is no record with a valid SID.
  mutating func call(from json: inout JSONReader) throws(JSONReader.Malformed) -> Call? {
    guard try json.next() == UInt8(ascii: "{") else {
      _ = try json.value()
      return nil
    }
    for place in values.indices { values[place] = nil }
    var isReadable = true
    try json.enter()
    while let key = try json.key() {
      let value = try json.value()
      if key.kind == .coded, json.text(of: key) == nil { isReadable = false }
      // Of two values under one key the first counts.
      if let field = names.field(key, in: json), values[field.rawValue] == nil {
        values[field.rawValue] = value
      }
    }
    return isReadable ? call(in: json) : nil
  }

  private func call(in json: JSONReader) -> Call? {
    guard let sid = known(.sid, in: json).flatMap({ CallSID($0) }) else { return nil }
    return Call(
      sid: sid,
      // Who called whom is kept as it was sent, the empty text of a withheld caller included.
      from: text(.from, in: json), to: text(.to, in: json),
      direction: known(.direction, in: json).map { CallDirection($0) },
      status: known(.status, in: json).map { CallStatus($0) },
      duration: duration(in: json),
      startTime: moment(.startTime, in: json), endTime: moment(.endTime, in: json),
      dateCreated: moment(.dateCreated, in: json), dateUpdated: moment(.dateUpdated, in: json),
      price: known(.price, in: json).flatMap { Price($0) }, priceUnit: known(.priceUnit, in: json))
  }

  /// The field's text; nil when it is absent, null or neither text nor number. Empty text
  /// stays empty.
  private func text(_ field: CallField, in json: JSONReader) -> String? {
    guard let value = values[field.rawValue], let text = json.text(of: value) else { return nil }
    guard value.kind == .coded, text.utf8.contains(0) else { return text }
    // PostgreSQL's text cannot hold NUL.
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
  }

  /// The same, with empty text counting as unknown.
  private func known(_ field: CallField, in json: JSONReader) -> String? {
    text(field, in: json).flatMap { $0.isEmpty ? nil : $0 }
  }

  // Four dates a call, read where they stand.
  private func moment(_ field: CallField, in json: JSONReader) -> Timestamp? {
    guard let value = values[field.rawValue] else { return nil }
    if value.kind == .plain { return TwilioDate.parse(json.bytes, value.range) }
    return json.text(of: value).flatMap(TwilioDate.parse)
  }

  // The column is an INTEGER.
  private func duration(in json: JSONReader) -> Int? {
    guard var text = known(.duration, in: json) else { return nil }
    // 61.0 is the number 61; the text "61.0" is no duration.
    if values[CallField.duration.rawValue]?.kind == .number, let point = text.firstIndex(of: "."),
      text[point...].dropFirst().allSatisfy({ $0 == "0" })
    {
      text.removeSubrange(point...)
    }
    guard let seconds = Int32(text), seconds >= 0 else { return nil }
    return Int(seconds)
  }
}

/// The fields of a call that are read.
enum CallField: Int, CaseIterable {
  case sid, from, to, direction, status, duration, price, priceUnit
  case startTime, endTime, dateCreated, dateUpdated

  /// As Twilio writes it.
  var name: String {
    switch self {
    case .sid: "sid"
    case .from: "from"
    case .to: "to"
    case .direction: "direction"
    case .status: "status"
    case .duration: "duration"
    case .price: "price"
    case .priceUnit: "price_unit"
    case .startTime: "start_time"
    case .endTime: "end_time"
    case .dateCreated: "date_created"
    case .dateUpdated: "date_updated"
    }
  }
}

/// Finds fields by the bytes of their keys. Most keys of a page are of fields that are not read.
struct CallFieldNames {
  private let names: [(packed: UInt128, field: CallField)]
  // By the length of a key: which of `names` are as long. Few are.
  private let places: [Range<Int>]

  init() {
    let fields = CallField.allCases.sorted { $0.name.utf8.count < $1.name.utf8.count }
    let lengths = fields.map { $0.name.utf8.count }
    names = fields.map { field in
      let name = Array(field.name.utf8)
      return (JSONScan.packed(name.span, 0..<name.count), field)
    }
    places = (0...JSONScan.longestPacked).map { length in
      let start = lengths.firstIndex { $0 >= length } ?? lengths.endIndex
      return start..<(lengths.firstIndex { $0 > length } ?? lengths.endIndex)
    }
  }

  /// - Returns: nil for a key that is no field's.
  func field(_ key: JSONToken, in json: JSONReader) -> CallField? {
    guard key.kind == .plain else {
      let name = json.text(of: key)
      return CallField.allCases.first { $0.name == name }
    }
    guard key.range.count <= JSONScan.longestPacked else { return nil }
    let places = places[key.range.count]
    guard !places.isEmpty else { return nil }
    let packed = JSONScan.packed(json.bytes.span, key.range)
    for place in places where names[place].packed == packed { return names[place].field }
    return nil
  }
}
