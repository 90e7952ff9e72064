/// A call's name at Twilio: `CA` and 32 hexadecimal digits.
package struct CallSID: Hashable, Comparable, Sendable {
  package let text: String

  /// Stands where a SID plays no part.
  package static let absent = CallSID(trusted: "")

  private init(trusted text: String) {
    self.text = text
  }

  /// - Returns: nil when `text` has another form.
  package init?(_ text: String) {
    guard text.utf8.count == 34, text.utf8.starts(with: "CA".utf8) else { return nil }
    // Counted, because a branch for each digit would be one that nobody can predict. `C` and `A`
    // are digits too.
    var digits = 0
    for byte in text.utf8 {
      let isNumeral = byte &- UInt8(ascii: "0") < 10
      let isLetter = (byte | 0x20) &- UInt8(ascii: "a") < 6
      digits += isNumeral != isLetter ? 1 : 0
    }
    guard digits == 34 else { return nil }
    self.text = text
  }

  /// Where it stands among all SIDs in their order: from 0 to below 1.
  package var position: Double {
    let digits = text.dropFirst(2).prefix(8)
    return Double(UInt32(digits, radix: 16) ?? 0) / 0x1_0000_0000
  }

  /// Byte order, the same as PostgreSQL's `COLLATE "C"`.
  package static func < (left: CallSID, right: CallSID) -> Bool {
    left.text < right.text
  }
}
