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
    let bytes = text.utf8
    guard bytes.count == 34, bytes.starts(with: "CA".utf8),
      bytes.dropFirst(2).allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
          UInt8(ascii: "A")...UInt8(ascii: "F"):
          true
        default: false
        }
      })
    else { return nil }
    self.text = text
  }

  /// Byte order, the same as PostgreSQL's `COLLATE "C"`.
  package static func < (left: CallSID, right: CallSID) -> Bool {
    left.text < right.text
  }
}
