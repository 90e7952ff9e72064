import TestSupport

/// Pages such as Twilio sends, such as it might, and such as nobody should.
struct PageGenerator {
  var random: SeededRandom

  private static let fields = [
    "from", "to", "direction", "status", "duration", "start_time", "end_time", "date_created",
    "date_updated", "price", "price_unit",
  ]

  mutating func page() -> [UInt8] {
    var members = [#""calls":\#(list(of: (0...random.number(in: 0...4)).map { _ in record() }))"#]
    if random.chance(70) { members.append(#""next_page_uri":\#(random.chance(80) ? string() : value())"#) }
    if random.chance(10) { members.append(#""calls":\#(value())"#) }
    if random.chance(10) { members.append(#""next_page_uri":\#(value())"#) }
    for _ in 0..<random.number(in: 0...3) { members.append("\(key()):\(value())") }
    return Array(space(around: object(of: members.shuffled(using: &random))).utf8)
  }

  mutating func record() -> String {
    if random.chance(5) { return value() }
    var members: [String] = []
    if random.chance(90) { members.append(#""sid":"CA\#(sidDigits())""#) }
    for field in Self.fields where random.chance(70) {
      let name =
        random.chance(3) ? "\\u00" + String(field.utf8.first ?? 0, radix: 16) + field.dropFirst() : field
      members.append(#""\#(name)":\#(fieldValue())"#)
      if random.chance(4) { members.append(#""\#(name)":\#(fieldValue())"#) }
    }
    for _ in 0..<random.number(in: 0...3) { members.append("\(key()):\(value())") }
    return object(of: members.shuffled(using: &random))
  }

  // Few SIDs, so that some come twice.
  private mutating func sidDigits() -> String {
    let digit = random.one(of: "0", "a", "F", "7")
    return String(repeating: digit, count: random.chance(97) ? 32 : 31)
  }

  private mutating func fieldValue() -> String {
    switch random.number(in: 0...9) {
    case 0: "null"
    case 1: value()
    case 2: "\"\""
    case 3, 4:
      #""Sun, 0\#(random.number(in: 1...9)) Mar 2026 09:05:0\#(random.number(in: 0...9)) +0\#(random.number(in: 0...2))00""#
    case 5: random.one(of: #""completed""#, #""trunking-originating""#, #""USD""#, #""61""#, #""-0.01700""#)
    case 6: number()
    default: string()
    }
  }

  private mutating func value(depth: Int = 0) -> String {
    switch random.number(in: 0...(depth < 4 ? 7 : 5)) {
    case 0: "null"
    case 1: random.one(of: "true", "false")
    case 2, 3: number()
    case 4, 5: string()
    case 6: list(of: (0..<random.number(in: 0...3)).map { _ in value(depth: depth + 1) })
    default: object(of: (0..<random.number(in: 0...3)).map { _ in "\(key()):\(value(depth: depth + 1))" })
    }
  }

  private mutating func number() -> String {
    random.one(
      of: "0", "-0", "61", "61.0", "-0.01700", "34911679868", "1e3", "25E-1", "1e400", "-1.5e+2", "01", "1.",
      "-", "1.2.3", "123456789012345678901234567890123456", "2147483648")
  }

  private mutating func key() -> String {
    random.one(of: #""uri""#, #""subresource_uris""#, #""a\nb""#, #""é""#, string(), #""\uD800""#, #""sid ""#)
  }

  private mutating func string() -> String {
    let pieces = [
      "+34911679868", "sip:ana@acme.example", "a", "ñ", "😀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9",
      "\\ud83d\\ude00", "\\u0000", "twelve bytes", "\u{7F}",
    ]
    let odd = ["\\ud83d", "\\udc00", "\\q", "\\u12g4", "\\U0041"]
    // Of a page with one of these nothing else counts.
    if random.chance(1), random.chance(20) { return "\"\(random.one(of: "\u{1}", "\n"))\"" }
    let count = random.number(in: 0...5)
    let text = (0..<count).map { _ in random.element(of: random.chance(4) ? odd : pieces) ?? "" }.joined()
    return "\"\(text)\""
  }

  private mutating func list(of values: [String]) -> String {
    "[\(space(around: joined(values)))]"
  }

  private mutating func object(of members: [String]) -> String {
    "{\(space(around: joined(members)))}"
  }

  private mutating func joined(_ members: [String]) -> String {
    members.map { space(around: $0) }.joined(separator: ",")
      + (members.isEmpty || random.chance(97) ? "" : ",")
  }

  private mutating func space(around text: String) -> String {
    random.chance(85) ? text : random.one(of: " \(text)", "\(text)\n", "\t\(text)\r ")
  }
}
