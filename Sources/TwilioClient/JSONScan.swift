/// The loop that sees nearly every byte of a page, eight at a time, and what else reads bytes so.
enum JSONScan {
  /// The first quote, backslash or control character from `start` on, or the end; and whether
  /// bytes before it are not ASCII.
  static func endOfPlainText(
    in bytes: Span<UInt8>, from start: Int
  ) -> (position: Int, passedNonASCII: Bool) {
    var position = start
    var passed: UInt64 = 0
    while bytes.count &- position >= 8 {
      let eight = word(in: bytes, at: position)
      let stops = marks(in: eight)
      if stops != 0 {
        let count = stops.trailingZeroBitCount / 8
        passed |= eight & ~(UInt64.max << UInt64(count * 8))
        return (position + count, passed & highBits != 0)
      }
      passed |= eight
      position &+= 8
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      passed |= UInt64(byte)
      position += 1
    }
    return (position, passed & highBits != 0)
  }

  /// Eight bytes as one number, the first one lowest; hardly more than a load instruction.
  @inline(__always)
  static func word(in bytes: Span<UInt8>, at position: Int) -> UInt64 {
    let eight = bytes.extracting(position..<position &+ 8)
    // In halves, because the optimizer makes one load of four shifted bytes more surely than of
    // eight.
    let low = UInt32(eight[0]) | UInt32(eight[1]) << 8 | UInt32(eight[2]) << 16 | UInt32(eight[3]) << 24
    let high = UInt32(eight[4]) | UInt32(eight[5]) << 8 | UInt32(eight[6]) << 16 | UInt32(eight[7]) << 24
    return UInt64(low) | UInt64(high) << 32
  }

  static let longestPacked = 15

  /// At most `longestPacked` bytes as one number, the first one lowest.
  static func packed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt128 {
    let start = range.lowerBound
    if start + 16 <= bytes.count {
      let sixteen = UInt128(word(in: bytes, at: start)) | UInt128(word(in: bytes, at: start + 8)) << 64
      return sixteen & ~(UInt128.max << UInt128(range.count * 8))
    }
    var packed: UInt128 = 0
    for position in range.reversed() { packed = packed << 8 | UInt128(bytes[position]) }
    return packed
  }

  /// The high bit of the lowest byte that is a quote, a backslash or below 0x20; 0 when there is
  /// none. Bits of higher bytes may be set too (Mycroft's test; Hacker's Delight, section 6-1).
  private static func marks(in eight: UInt64) -> UInt64 {
    let quotes = eight ^ (lowBits &* UInt64(UInt8(ascii: "\"")))
    let backslashes = eight ^ (lowBits &* UInt64(UInt8(ascii: "\\")))
    return
      ((quotes &- lowBits) & ~quotes | (backslashes &- lowBits) & ~backslashes
      | (eight &- lowBits &* 0x20) & ~eight) & highBits
  }

  private static let lowBits: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080
}
