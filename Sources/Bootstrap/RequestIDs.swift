import Synchronization

/// Makes the ids of requests that brought none: 32 hexadecimal digits, as a trace's id has them. The first half
/// is the process's, drawn at random; the second never repeats in it.
///
/// Not a UUID: Foundation opens `/dev/urandom` for each one, three system calls of the five that a small request
/// takes. An id opens nothing, so nobody needs to be kept from guessing it.
package struct RequestIDs: ~Copyable {
  private let process = UInt64.random(in: .min ... .max)
  private let state = Atomic(UInt64.random(in: .min ... .max))

  package init() {}

  /// The next one, from any thread.
  package func next() -> String {
    let number = Self.mixed(state.wrappingAdd(Self.step, ordering: .relaxed).newValue)
    return String(decoding: Self.digits(of: process) + Self.digits(of: number), as: UTF8.self)
  }

  /// SplitMix64 (Steele, Lea and Flood, 2014): steps through all numbers, and mixes each into another one.
  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// 16 hexadecimal digits, as ASCII.
  private static func digits(of number: UInt64) -> [UInt8] {
    (0..<16).map { place in
      let digit = UInt8(truncatingIfNeeded: number >> (60 - 4 * place) & 15)
      return digit < 10 ? 48 + digit : 87 + digit
    }
  }
}
