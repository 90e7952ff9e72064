import CallDomain
import Telemetry

/// The canonical form: it is its own canonical form, however it is written around it.
enum NumberProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let raw = String(decoding: input, as: UTF8.self)
    let number = PhoneNumber(raw)
    let plain = String(decoding: raw.utf8.filter { !" -.()".utf8.contains($0) }, as: UTF8.self)
    if isDialable(plain), raw.utf8.count <= 1000 {
      try hold(PhoneNumber(plain) == number, "without separators \(raw) is \(text(PhoneNumber(plain)))")
    }
    let masked = PhoneMask.applied(to: raw)
    try hold(PhoneMask.applied(to: masked) == masked, "masked twice \(raw) is not what it is masked once")
    guard let number else { return }
    let canonical = number.canonical
    if isDialable(plain), plain.utf8.first == UInt8(ascii: "+"), (8...100).contains(plain.utf8.count) {
      for spelling in spellings(of: plain) {
        try hold(PhoneNumber(spelling) == number, "\(spelling) becomes \(text(PhoneNumber(spelling)))")
        try hold(PhoneMask.applied(to: spelling).unicodeScalars.count <= 4, "\(spelling) is not masked whole")
      }
    }
    try hold(!canonical.isEmpty && canonical.utf8.count <= 1001, "the canonical form \(canonical)")
    try hold(PhoneNumber(canonical) == number, "\(canonical) becomes \(text(PhoneNumber(canonical)))")
    try hold(number.masked.count <= 4, "masked it is \(number.masked)")
    if raw.utf8.count <= 998 {
      try hold(PhoneNumber("\n\(raw)\n") == number, "between line feeds it is another number")
    }
    let isInternational =
      canonical.utf8.first == UInt8(ascii: "+") && (8...900).contains(canonical.utf8.count)
      && isDialable(canonical)
    if isInternational {
      let sent = ["sip:\(canonical)@a.example", "SIPS:%2B\(canonical.dropFirst());user=phone@b:5061"]
      for address in sent {
        try hold(PhoneNumber(address) == number, "\(address) becomes \(text(PhoneNumber(address)))")
      }
    }
  }

  /// Digits, a plus in front of them or not.
  private static func isDialable(_ text: String) -> Bool {
    let digits = text.utf8.drop { $0 == UInt8(ascii: "+") }
    return !digits.isEmpty && text.utf8.count - digits.count <= 1
      && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }

  /// The same number as people and telephone systems write it, with separators, and in other digits.
  private static func spellings(of number: String) -> [String] {
    let separated = ["\u{A0}", "\u{2011}", "/", "\u{202F}\u{200E}"].map { separator in
      number.map(String.init).joined(separator: separator)
    }
    let digits = [0xFEE0, 0x0660 - 0x30].map { offset in
      String(
        String.UnicodeScalarView(
          number.unicodeScalars.map { $0 == "+" ? $0 : Unicode.Scalar($0.value + UInt32(offset)) ?? $0 }))
    }
    return separated + digits
  }

  private static func text(_ number: PhoneNumber?) -> String {
    number?.canonical ?? "nobody"
  }
}
