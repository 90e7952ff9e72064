import CallDomain
import TestSupport
import Testing

@Suite("PhoneNumber, properties")
struct PhoneNumberPropertyTests {
  @Test("The canonical form of a canonical form is itself")
  func idempotent() throws {
    try forEachSeed(3000) { random in
      let raw = random.partyText()
      guard let once = PhoneNumber(raw) else { return }
      try #require(PhoneNumber(once.canonical)?.canonical == once.canonical, "\(raw.debugDescription)")
    }
  }

  private static let separators = [
    " ", "-", ".", "(", ")", "/", "\t", "\u{A0}", "\u{200B}", "\u{2013}", "\u{2212}", "\u{FEFF}", "\u{202F}",
    "－",
  ]

  @Test("Separators and outer space never matter to a number")
  func separatorsNeverMatter() throws {
    try forEachSeed(1000) { random in
      let number = (random.chance(50) ? "+" : "") + random.digits(random.number(in: 1...17))
      var separated = ""
      for character in number {
        while random.chance(30) { separated += random.element(of: Self.separators) ?? "" }
        separated.append(character)
      }
      let padded = random.one(of: " ", "\t", "") + separated + random.one(of: "\n", "", "\u{A0}")
      try #require(PhoneNumber(padded) == PhoneNumber(number), "\(padded.debugDescription)")
    }
  }

  @Test("Writing an E.164 number as a SIP address never matters")
  func addressNeverMatters() throws {
    try forEachSeed(1000) { random in
      let digits = random.one(of: "1", "34", "49", "7") + random.digits(random.number(in: 10...13))
      let user = random.one(of: "+", "%2B", "%2b", "00", "") + digits
      let address =
        random.one(of: "sip:", "sips:", "SIP:", "Sips:") + user + random.one(of: "", ";user=phone", ":secret")
        + "@" + random.one(of: "a.example", "192.168.1.1", "34911679868", "[::1]")
        + random.one(of: "", ":5060", ";transport=tls", ":5061;lr?x=y")
      try #require(PhoneNumber(address)?.canonical == "+" + digits, "\(address)")
    }
  }

  @Test("Every spelling of the generator is the same number")
  func spellingsOfTheGenerator() throws {
    try forEachSeed(500) { random in
      let number = "+34" + String(random.number(in: 100_000_000...999_999_999))
      var generator = CallGenerator(random: random)
      let spelling = generator.spelling(of: number)
      try #require(PhoneNumber(spelling)?.canonical == number, "\(spelling.debugDescription)")
    }
  }

  @Test("A withheld party is never a number, however it is wrapped")
  func withheldNeverANumber() throws {
    try forEachSeed(1000) { random in
      let word = random.element(of: Spelling.withheld) ?? ""
      let anyCase = String(word.map { random.chance(50) ? Character($0.uppercased()) : $0 })
      let wrapped = random.one(
        of: anyCase, " " + anyCase + "\r\n", "sip:" + anyCase + "@a.example",
        "sips:" + anyCase + ";x=y@1.2.3.4", "SIP:" + anyCase + ":pw@host:5060")
      try #require(PhoneNumber(wrapped) == nil, "\(wrapped.debugDescription)")
    }
  }

  @Test("A canonical form has no outer space and is never a withheld word")
  func canonicalIsClean() throws {
    try forEachSeed(3000) { random in
      let raw = random.partyText()
      guard let canonical = PhoneNumber(raw)?.canonical else { return }
      try #require(canonical.first?.isWhitespace == false, "\(raw.debugDescription)")
      try #require(canonical.last?.isWhitespace == false, "\(raw.debugDescription)")
      try #require(!Spelling.withheld.contains(canonical.lowercased()), "\(raw.debugDescription)")
    }
  }
}

extension SeededRandom {
  /// `count` ASCII digits.
  mutating func digits(_ count: Int) -> String {
    String((0..<count).compactMap { _ in "0123456789".randomElement(using: &self) })
  }

  /// A text made of the pieces that rule 3 speaks of, in any order.
  fileprivate mutating func partyText() -> String {
    let pieces = [
      "sip:", "sips:", "SIP:", "@", ";", ":", "%", "%2B", "%20", "%30%30", "%40", "+", "00", "0", "7", "911",
      "34911679868", " ", "\t", "\u{A0}", "-", ".", "(", ")", "anonymous", "Unknown", "266696687", "8656696",
      "client:", "a.example", "é", "\u{301}", "٣", "\r\n", "whatsapp:", "TEL:", "/", "\u{200B}", "＋", "（",
      "\u{2212}",
    ]
    return (0..<number(in: 0...7)).compactMap { _ in element(of: pieces) }.joined()
  }
}
