/// Twilio's pages and single calls: the reader agrees with Foundation's decoder.
enum PageProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    // Foundation's decoder traps on text that is nested more than 512 deep and cut off there.
    guard input.count(where: { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") }) <= 512 else { return }
    // Its decimals have exponents from -128 to 127; what lies beyond is no number to it.
    guard !holdsLongNumber(input) else { return }
    if let difference = DecodingOracle.difference(onPage: input) ?? DecodingOracle.difference(onCall: input) {
      throw BrokenProperty(description: difference)
    }
  }

  private static func holdsLongNumber(_ input: [UInt8]) -> Bool {
    var length = 0
    for byte in input {
      length = "0123456789.".utf8.contains(byte) ? length + 1 : 0
      if length > 120 { return true }
    }
    return false
  }
}
