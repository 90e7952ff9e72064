/// A party of a call in its one canonical form (Reference.md, "Canonical numbers"): the form in which
/// numbers are compared, stored in `phone_number` and `lead_number`, and created as phones.
///
/// A withheld caller is no `PhoneNumber`, so that two of them can never match.
package struct PhoneNumber: Hashable, Sendable {
  /// The canonical text: `+34911679868`, `112`, `client:ana`, `sip:pbx@acme.example`.
  package let canonical: String

  /// The canonical form of what Twilio wrote.
  ///
  /// - Returns: nil when the party is withheld, or so long (over 1,000 bytes) that it cannot be
  ///   a party's name; PostgreSQL could not index it.
  package init?(_ raw: String?) {
    self.init(raw, isListed: false)
  }

  /// The canonical form of what an operator wrote into the directory, where a number may hold its trunk prefix
  /// in parentheses: `+34 (0)910 000 001`.
  package init?(listed raw: String) {
    self.init(raw, isListed: true)
  }

  private init?(_ raw: String?, isListed: Bool) {
    guard let raw, raw.utf8.count <= 1000 else { return nil }
    if Self.isPlainInternational(raw) {
      canonical = raw
      return
    }
    let whole = raw.trimmingOuterSpace
    let user = SIPAddress.userPart(of: whole)
    var party = Self.withoutSeparators(user ?? whole, keepingTrunkPrefix: !isListed)
    if user == nil { party = Self.withoutChannel(party) }
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

  /// What people and telephone systems put between the digits is dropped: space, dashes, points, parentheses,
  /// slashes, characters that are not shown. Digits of every script become `0` to `9`, full-width forms their
  /// ASCII ones.
  private static func withoutSeparators(_ party: String, keepingTrunkPrefix: Bool) -> String {
    var text = String.UnicodeScalarView()
    for scalar in party.unicodeScalars {
      let scalar = narrow(scalar)
      if let digit = decimalDigit(scalar) {
        text.append(digit)
      } else if scalar == "(" || scalar == ")" ? !keepingTrunkPrefix : !isSeparator(scalar) {
        text.append(scalar)
      }
    }
    return keepingTrunkPrefix ? String(text) : withoutTrunkPrefix(String(text))
  }

  // The block of full-width forms repeats ASCII from `!` to `~` (Unicode, "Halfwidth and Fullwidth Forms").
  private static func narrow(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    0xFF01...0xFF5E ~= scalar.value ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
  }

  private static func decimalDigit(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    if scalar.isASCII { return "0"..."9" ~= scalar ? scalar : nil }
    guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue,
      let digit = UInt8(exactly: value), digit <= 9
    else { return nil }
    return Unicode.Scalar(UInt8(ascii: "0") + digit)
  }

  private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "-", ".", "/", "(", ")": return true
    default: break
    }
    let properties = scalar.properties
    if properties.isWhitespace || properties.isDash { return true }
    switch properties.generalCategory {
    case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }

  // Of `+34(0)910…` the zero is dialled within the country alone; in Italy, San Marino and the Vatican it is part of
  // the number (ITU-T E.164, national plans of +39 and +378).
  private static func withoutTrunkPrefix(_ text: String) -> String {
    let plain = text.filter { $0 != "(" && $0 != ")" }
    let country = text.hasPrefix("+") ? text.dropFirst() : text.hasPrefix("00") ? text.dropFirst(2) : ""
    let code = country.prefix { $0.isASCII && $0.isNumber }
    guard 1...3 ~= code.count, country.dropFirst(code.count).hasPrefix("(0)"), code != "39", code != "378"
    else { return plain }
    return "+" + code + country.dropFirst(code.count + 3).filter { $0 != "(" && $0 != ")" }
  }

  // Messaging channels and `tel` URIs (RFC 3966), whose parameters follow a semicolon.
  private static func withoutChannel(_ party: String) -> String {
    guard let colon = party.firstIndex(of: ":") else { return party }
    let rest = party[party.index(after: colon)...]
    let number: Substring
    switch party[..<colon].lowercased() {
    case "whatsapp": number = rest
    case "tel": number = rest.prefix { $0 != ";" }
    default: return party
    }
    let isNumber = phoneNumber(String(number), fewestDigits: 1) != nil
    return isNumber || withheld.contains(number.lowercased()) ? String(number) : party
  }

  /// Nil unless `party` is an optional plus and digits.
  private static func phoneNumber(_ party: String, fewestDigits: Int) -> String? {
    let hasPlus = party.utf8.first == UInt8(ascii: "+")
    let digits = party.utf8.dropFirst(hasPlus ? 1 : 0)
    guard digits.count >= fewestDigits,
      digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { return nil }
    if hasPlus { return party }
    if digits.count > 2, party.hasPrefix("00") { return "+" + party.dropFirst(2) }
    return (11...15).contains(digits.count) && !party.hasPrefix("0") ? "+" + party : party
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
