/// What a call cost, exactly as Twilio wrote it: a decimal with its sign and every digit.
/// Never a binary floating-point number; an unknown price is no `Price`, not a zero.
package struct Price: Hashable, Sendable {
  /// Twilio's text, such as `-0.01700`. Negative means that money was charged.
  package let text: String

  /// - Returns: nil unless `text` is an optional sign, digits and at most one point, in at most
  ///   40 characters; Twilio declares no other form.
  package init?(_ text: String) {
    var digits = 0
    var points = 0
    for (position, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: "."): points += 1
      case UInt8(ascii: "-"), UInt8(ascii: "+"): if position != 0 { return nil }
      default: return nil
      }
    }
    guard digits > 0, points <= 1, text.utf8.count <= 40 else { return nil }
    self.text = text
  }

  /// The absolute value with every digit, as it goes into the column `cost` and as PostgreSQL
  /// prints it: no sign, a digit before the point, no zeros in front of others.
  package var magnitude: String {
    let unsigned = text.drop { $0 == "-" || $0 == "+" }
    let point = unsigned.firstIndex(of: ".") ?? unsigned.endIndex
    let whole = unsigned[..<point].drop { $0 == "0" }
    let fraction = unsigned[point...]
    return (whole.isEmpty ? "0" : String(whole)) + (fraction.count > 1 ? String(fraction) : "")
  }
}
