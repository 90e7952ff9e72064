/// SplitMix64 (Steele, Lea, Flood 2014): small, and the same numbers on every platform.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// The numbers of one element of a series, which so can be made without those before it.
  package init(seed: UInt64, index: Int) {
    state = Self.mixed(seed &+ UInt64(bitPattern: Int64(index)) &* 0x9E37_79B9_7F4A_7C15)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number from 0 up to but not including `bound`, which must be positive.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  package mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
  /// True in `share` of a thousand cases.
  package mutating func happens(permille share: Int) -> Bool { below(1000) < share }
  /// One of `choices`, which must not be empty.
  package mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

  private static func mixed(_ value: UInt64) -> UInt64 {
    let once = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    let twice = (once ^ (once >> 27)) &* 0x94D0_49BB_1331_11EB
    return twice ^ (twice >> 31)
  }
}

/// The SIDs of a numbered series. The number can be read from the SID, so that half a million calls need no
/// table of SIDs; it is at the end, so that the order of the SIDs does not follow that of the calls.
struct SIDSeries: Sendable {
  let seed: UInt64

  /// `prefix` and 32 hexadecimal digits: 16 random ones, then the number.
  func sid(_ prefix: String, _ index: Int) -> String {
    var random = SeededRandom(seed: seed, index: index)
    return prefix + Self.hex(random.next()) + Self.hex(UInt64(index))
  }

  /// The number of a call's SID; nil for a SID of another series.
  func index(of sid: String) -> Int? {
    guard let index = Int(sid.suffix(16), radix: 16), index >= 0 else { return nil }
    return self.sid("CA", index) == sid ? index : nil
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
