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
