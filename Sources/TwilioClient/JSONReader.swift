/// Reads JSON (RFC 8259) from front to back over its bytes, without building anything of it.
///
/// Whoever reads asks for member after member. What nobody asks for is passed over by its
/// brackets, commas and quotes alone: its escapes and its digits are not looked into. A comma
/// before a closing bracket is tolerated, as Foundation's decoder does; a control character in a
/// string is not.
struct JSONReader {
  /// The bytes are no JSON, or nested too deeply.
  struct Malformed: Error {}

  let bytes: [UInt8]
  private(set) var position: Int
  /// Whether a string that was passed holds anything but ASCII; outside of strings nothing else
  /// is taken.
  private(set) var hasNonASCII = false
  private var depth = 0
  // Whether the container that was entered last has not given a member yet.
  private var isFresh = false

  // Passing over a value recurses, so the depth has an end.
  private static let deepest = 512

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// The first byte of the next value or mark, which stays unread.
  @inline(__always)
  mutating func next() throws(Malformed) -> UInt8 {
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
      default: return byte
      }
    }
    throw Malformed()
  }

  /// Enters the array or object whose bracket is next.
  mutating func enter() throws(Malformed) {
    guard depth < Self.deepest else { throw Malformed() }
    depth += 1
    position += 1
    isFresh = true
  }

  /// Steps to the container's next member.
  ///
  /// - Returns: false when there is none; the container is left then.
  mutating func hasMember(before bracket: Unicode.Scalar) throws(Malformed) -> Bool {
    let bracket = UInt8(ascii: bracket)
    var byte = try next()
    if isFresh {
      isFresh = false
    } else if byte == UInt8(ascii: ",") {
      position += 1
      byte = try next()
    } else if byte != bracket {
      throw Malformed()
    }
    guard byte == bracket else { return true }
    position += 1
    depth -= 1
    return false
  }

  /// The object's next key with its colon; nil when there is none, the object is left then.
  mutating func key() throws(Malformed) -> JSONToken? {
    guard try hasMember(before: "}") else { return nil }
    guard try next() == UInt8(ascii: "\"") else { throw Malformed() }
    let key = try string()
    guard try next() == UInt8(ascii: ":") else { throw Malformed() }
    position += 1
    return key
  }

  /// Reads the next value, whatever it is.
  mutating func value() throws(Malformed) -> JSONToken {
    switch try next() {
    case UInt8(ascii: "\""): return try string()
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return number()
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "t"): return try word("true", .other)
    case UInt8(ascii: "f"): return try word("false", .other)
    case UInt8(ascii: "{"):
      let start = position
      try enter()
      while try key() != nil { _ = try value() }
      return JSONToken(.other, start..<position)
    case UInt8(ascii: "["):
      let start = position
      try enter()
      while try hasMember(before: "]") { _ = try value() }
      return JSONToken(.other, start..<position)
    default: throw Malformed()
    }
  }

  /// - Throws: when anything but white space is left.
  mutating func finish() throws(Malformed) {
    if (try? next()) != nil { throw Malformed() }
  }

  private mutating func word(_ word: String, _ kind: JSONToken.Kind) throws(Malformed) -> JSONToken {
    let start = position
    for letter in word.utf8 {
      guard position < bytes.count, bytes[position] == letter else { throw Malformed() }
      position += 1
    }
    return JSONToken(kind, start..<position)
  }

  // Whether these characters make a number is asked when its text is.
  private mutating func number() -> JSONToken {
    let start = position
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
        UInt8(ascii: "e"), UInt8(ascii: "E"):
        position += 1
      default: break scan
      }
    }
    return JSONToken(.number, start..<position)
  }

  /// Reads the string whose quote is next.
  private mutating func string() throws(Malformed) -> JSONToken {
    position += 1
    let start = position
    var kind = JSONToken.Kind.plain
    while true {
      let stop = JSONScan.endOfPlainText(in: bytes.span, from: position)
      position = stop.position
      if stop.passedNonASCII {
        hasNonASCII = true
        kind = .coded
      }
      guard position < bytes.count else { throw Malformed() }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        position += 1
        return JSONToken(kind, start..<position - 1)
      case UInt8(ascii: "\\"):
        kind = .coded
        try passEscape()
      // A control character, which RFC 8259 wants escaped: a byte was changed on its way, and where it
      // stands in a key or a SID a call would be missing.
      default: throw Malformed()
      }
    }
  }

  private mutating func passEscape() throws(Malformed) {
    guard position + 1 < bytes.count else { throw Malformed() }
    let isCoded = bytes[position + 1] == UInt8(ascii: "u")
    let end = position + (isCoded ? 6 : 2)
    guard end <= bytes.count, !bytes[position..<end].contains(where: { $0 < 0x20 }) else { throw Malformed() }
    // A quote or a backslash among the four digits: some are missing, and where the string ends is open.
    let digits = bytes[(position + 2)..<end]
    if isCoded, digits.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
      throw Malformed()
    }
    hasNonASCII = hasNonASCII || bytes[position..<end].contains { $0 >= 0x80 }
    position = end
  }
}

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
