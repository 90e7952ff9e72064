/// A party of a call in its one canonical form (Reference.md, "Canonical numbers"): the form in which
/// numbers are compared, stored in `phone_number` and `lead_number`, and created as phones.
///
/// A withheld caller is no `PhoneNumber`, so that two of them can never match.
package struct PhoneNumber: Hashable, Sendable {
  /// The canonical text: `+34911679868`, `112`, `client:ana`, `sip:pbx@acme.example`.
  package let canonical: String

  /// The canonical form of what Twilio or an operator wrote.
  ///
  /// - Returns: nil when the party is withheld, or so long (over 1,000 bytes) that it cannot be
  ///   a party's name; PostgreSQL could not index it.
  package init?(_ raw: String?) {
    guard let raw, raw.utf8.count <= 1000 else { return nil }
    if Self.isPlainInternational(raw) {
      canonical = raw
      return
    }
    let whole = raw.trimmingOuterSpace
    let user = SIPAddress.userPart(of: whole)
    let party = user ?? whole
    if Self.withheld.contains(party.lowercased()) { return nil }
    let canonical = Self.phoneNumber(party, fewestDigits: user == nil ? 1 : 7) ?? whole
    if Self.withheld.contains(canonical) { return nil }
    self.canonical = canonical
  }

  /// Byte by byte, as PostgreSQL compares; Swift's own comparison takes differently composed
  /// letters for the same.
  package static func == (left: PhoneNumber, right: PhoneNumber) -> Bool {
    left.canonical.utf8.elementsEqual(right.canonical.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    for byte in canonical.utf8 { hasher.combine(byte) }
  }

  /// A canonical form that was worked out before and stored.
  package init(stored canonical: String) {
    self.canonical = canonical
  }

  // Words as telephone systems write them, and the same words typed on a keypad
  // (public code; Twilio.md, "Parties").
  private static let withheld: Set<String> = [
    "", "anonymous", "restricted", "unknown", "unavailable", "blocked", "private",
    "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
  ]
  private static let longestWithheld = 12

  // Most parties by far: nothing but a plus and digits, which is canonical already.
  private static func isPlainInternational(_ raw: String) -> Bool {
    let bytes = raw.utf8
    return bytes.count > 1 && bytes.first == UInt8(ascii: "+")
      && bytes.dropFirst().allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      && (bytes.count > longestWithheld || !withheld.contains(raw))
  }

  private static func phoneNumber(_ party: String, fewestDigits: Int) -> String? {
    var digits = ContiguousArray<UInt8>()
    var hasPlus = false
    for byte in party.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte)
      case UInt8(ascii: "+") where digits.isEmpty && !hasPlus: hasPlus = true
      case UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"):
        continue
      default: return nil
      }
    }
    guard digits.count >= fewestDigits else { return nil }
    let zero = UInt8(ascii: "0")
    if !hasPlus {
      if digits.count > 2, digits[0] == zero, digits[1] == zero {
        digits.removeFirst(2)
        hasPlus = true
      } else {
        hasPlus = (11...15).contains(digits.count) && digits[0] != zero
      }
    }
    return (hasPlus ? "+" : "") + String(decoding: digits, as: UTF8.self)
  }
}

extension PhoneNumber: CustomStringConvertible {
  /// Masked but for the last three characters, so that a number that slips into a message
  /// identifies nobody (Reference.md, "Secrets and numbers").
  package var description: String { masked }

  /// `…868`.
  package var masked: String { "…" + String(canonical.suffix(3)) }
}

extension String {
  fileprivate var trimmingOuterSpace: String {
    guard let first = firstIndex(where: { !$0.isWhitespace }),
      let last = lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return first == startIndex && index(after: last) == endIndex ? self : String(self[first...last])
  }
}
