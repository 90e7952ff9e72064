/// Twilio's pages and single calls: the reader agrees with Foundation's decoder.
enum PageProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    // Foundation's decoder traps on text that is nested more than 512 deep and cut off there.
    guard input.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) <= 512 else { return }
    // It also reads UTF-16 and UTF-32, known by a zero among the first bytes or a mark of their order, where
    // RFC 8259, section 8.1, has UTF-8 alone.
    guard !input.prefix(4).contains(0), !Self.orderMarks.contains(where: { input.starts(with: $0) }) else {
      return
    }
    // Its decimals have exponents from -128 to 127; what lies beyond is no number to it.
    guard !holdsLongNumber(input) else { return }
    if let difference = DecodingOracle.difference(onPage: input) ?? DecodingOracle.difference(onCall: input) {
      throw BrokenProperty(description: difference)
    }
  }

  private static let orderMarks: [[UInt8]] = [[0xFE, 0xFF], [0xFF, 0xFE]]

  private static func holdsLongNumber(_ input: [UInt8]) -> Bool {
    var length = 0
    for byte in input {
      length = "0123456789.".utf8.contains(byte) ? length + 1 : 0
      if length > 120 { return true }
    }
    return false
  }
}
