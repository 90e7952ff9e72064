/// SIDs for a numbered series: they look random, yet the number can be read back, so that the
/// simulator needs no table of half a million SIDs.
struct SIDCipher: Sendable {
  let seed: UInt64

  /// `prefix` and 32 hexadecimal digits.
  func sid(_ prefix: String, _ index: Int) -> String {
    let high = tag(of: index)
    return prefix + Self.hex(high) + Self.hex(UInt64(index) ^ mask(of: high))
  }

  /// The number that `sid` was made of; nil for a SID made elsewhere.
  func index(of sid: String) -> Int? {
    let digits = sid.dropFirst(2)
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16),
      let index = Int(exactly: low ^ mask(of: high)), tag(of: index) == high
    else { return nil }
    return index
  }

  private func tag(of index: Int) -> UInt64 {
    SeededRandom.mixed(seed ^ 0x5349_4400 ^ (UInt64(index) &* 0x9E37_79B9_7F4A_7C15))
  }

  private func mask(of high: UInt64) -> UInt64 {
    SeededRandom.mixed(high &+ seed &+ 0xA076_1D64_78BD_642F)
  }

  static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
