import CallDomain
import TestSupport
import Testing

/// What somebody wrote and its canonical form by Reference.md, "Canonical numbers"; nil is withheld.
struct Spelling: CustomTestStringConvertible, Sendable {
  let raw: String
  let canonical: String?

  init(_ raw: String, _ canonical: String?) {
    self.raw = raw
    self.canonical = canonical
  }

  var testDescription: String { "\(raw.prefix(60).debugDescription) → \(canonical ?? "none")" }
}

@Suite("PhoneNumber, the canonical form")
struct PhoneNumberTests {
  @Test("A party has the canonical form of rule 3", arguments: Spelling.all)
  func canonicalForm(_ spelling: Spelling) {
    #expect(PhoneNumber(spelling.raw)?.canonical == spelling.canonical)
  }

  @Test("What is no phone number stays whole", arguments: Spelling.noNumbers)
  func staysWhole(_ raw: String) {
    #expect(PhoneNumber(raw)?.canonical == raw)
  }

  @Test(
    "A withheld party is no number, in any case, alone or as a URI's user part", arguments: Spelling.withheld)
  func withheld(_ word: String) {
    for spelling in [
      word, word.uppercased(), word.capitalized, "  \(word)\t", "sip:\(word)@anonymous.invalid",
      "SIPS:\(word.uppercased())@10.0.0.1:5061;transport=tls", "sip:\(word);user=phone@pbx.example",
      "sip:\(word):secret@pbx.example", " sip:\(word)@pbx.example ",
    ] {
      #expect(PhoneNumber(spelling) == nil, "\(spelling.debugDescription)")
    }
  }

  @Test("A withheld keypad number is no number however it is spelled", arguments: Spelling.withheldKeypad)
  func withheldKeypad(_ digits: String) {
    for spelling in [
      "+\(digits)", "00\(digits)", "+\(digits.prefix(2)) \(digits.dropFirst(2))", "(+\(digits))",
      "sip:%2B\(digits)@pbx.example", "sip:00\(digits)@pbx.example",
      "sip:+\(digits.prefix(3))-\(digits.dropFirst(3))@pbx.example",
    ] {
      #expect(PhoneNumber(spelling) == nil, "\(spelling.debugDescription)")
    }
  }

  @Test("Eleven withheld keypad digits get their plus and are withheld")
  func withheldWithoutPlus() {
    #expect(PhoneNumber("86282452253") == nil)
    #expect(PhoneNumber("sip:86282452253@pbx.example") == nil)
  }

  @Test("An unknown party is no number")
  func unknownParty() {
    #expect(PhoneNumber(nil) == nil)
  }

  @Test("What is too long to be a party is no number, at once", arguments: ["9", "a", "sip:", "%", " "])
  func overlong(_ piece: String) {
    #expect(PhoneNumber(String(repeating: piece, count: 100_000)) == nil)
  }

  @Test(
    "In the directory alone the trunk prefix in parentheses is dropped, but where it is part of the number",
    arguments: [
      ("+34 (0)910 000 001", "+34910000001"), ("+44(0)20 7946 0000", "+442079460000"),
      ("+1 (0) 202 555 0142", "+12025550142"), ("0034 (0)910 000 001", "+34910000001"),
      ("＋34（0）910000001", "+34910000001"), ("+351-(0)-210000001", "+351210000001"),
      ("+39 (0)6 1234 5678", "+390612345678"), ("+378 (0)549 882 914", "+3780549882914"),
      ("(+34) 910 000 001", "+34910000001"), ("+34910(0)00001", "+34910000001"),
      ("(0)910 000 001", "0910000001"),
      ("+3491(0)0000001", "+349100000001"), ("+34 (910) 000 001", "+34910000001"),
    ])
  func trunkPrefix(written: String, canonical: String) {
    #expect(PhoneNumber(listed: written)?.canonical == canonical)
  }

  @Test("A call's number keeps a zero in parentheses")
  func trunkPrefixOfACall() {
    #expect(PhoneNumber("+34 (0)910 000 001")?.canonical == "+340910000001")
  }

  @Test("Two parties that differ in bytes are compared exactly")
  func comparesExactly() {
    #expect(PhoneNumber("client:ana") != PhoneNumber("client:Ana"))
    #expect(PhoneNumber("sip:pbx@acme.example") != PhoneNumber("sips:pbx@acme.example"))
    // The same letter composed and decomposed: equal to Swift, different to PostgreSQL.
    #expect(PhoneNumber("client:jos\u{E9}") != PhoneNumber("client:jose\u{301}"))
  }

  @Test("A description shows three digits and no more")
  func masked() {
    let number = makeNumber("+34911679868")
    #expect(number.masked == "…868")
    #expect("\(number)" == "…868")
    #expect(number.canonical == "+34911679868")
  }
}

extension Spelling {
  static let all =
    table + space + international + lengths + separators + scripts + channels + addresses

  /// The examples of Reference.md, "Canonical numbers".
  private static let table = [
    Spelling("+34 911 67 98 68", "+34911679868"), Spelling("0034911679868", "+34911679868"),
    Spelling("34911679868", "+34911679868"), Spelling("911679868", "911679868"),
    Spelling("(202) 555-0142", "2025550142"), Spelling("112", "112"),
    Spelling("sip:+34911679868@public-vip.ie1.twilio.com;transport=tls", "+34911679868"),
    Spelling("sip:%2B34911679868;x=y@host", "+34911679868"),
    Spelling("sip:1001@a.example", "sip:1001@a.example"), Spelling("client:ana", "client:ana"),
    Spelling("sip:anonymous@anonymous.invalid", nil), Spelling("+266696687", nil),
    Spelling("Anonymous", nil), Spelling("", nil),
  ]

  private static let space = [
    Spelling(" +34911679868", "+34911679868"), Spelling("+34911679868 ", "+34911679868"),
    Spelling("\t+34911679868\r\n", "+34911679868"), Spelling("\u{A0}+34911679868\u{2003}", "+34911679868"),
    Spelling("\u{3000}client:ana\n", "client:ana"), Spelling("   ", nil), Spelling("\r\n\t", nil),
    Spelling(" sip:+34911679868@host ", "+34911679868"), Spelling(" sip:a@b.example\n", "sip:a@b.example"),
    Spelling("  anonymous\n", nil), Spelling("client:ana maria", "client:ana maria"),
  ]

  private static let international = [
    Spelling("+34911679868", "+34911679868"), Spelling("0012025550142", "+12025550142"),
    Spelling("00 34 911 67 98 68", "+34911679868"), Spelling("0-034911679868", "+34911679868"),
    Spelling("00112", "+112"), Spelling("+112", "+112"), Spelling("+1", "+1"), Spelling("0", "0"),
    Spelling("+0034911679868", "+0034911679868"), Spelling("+034911679868", "+034911679868"),
    Spelling("034911679868", "034911679868"), Spelling("0911679868", "0911679868"),
    Spelling("00034911679868", "+034911679868"),
  ]

  private static let lengths = [
    Spelling("1234567890", "1234567890"), Spelling("12345678901", "+12345678901"),
    Spelling("123456789012345", "+123456789012345"), Spelling("1234567890123456", "1234567890123456"),
    Spelling("01234567890", "01234567890"), Spelling("012345678901234", "012345678901234"),
    Spelling("+1234567890123456", "+1234567890123456"),
    Spelling("001234567890123456", "+1234567890123456"),
    // Without the plus these are numbers of a local plan.
    Spelling("2562533", "2562533"), Spelling("8656696", "8656696"),
  ]

  private static let separators = [
    Spelling("+34.911.67.98.68", "+34911679868"), Spelling("(+34) 911-67-98-68", "+34911679868"),
    Spelling("+(34)911679868", "+34911679868"), Spelling("-+34911679868-", "+34911679868"),
    Spelling("3-4-9-1-1-6-7-9-8-6-8", "+34911679868"), Spelling("911 67 98 68", "911679868"),
    Spelling("1.1.2", "112"), Spelling("((112))", "112"),
  ]

  /// As copied from web pages, spreadsheets and chats.
  private static let scripts = [
    Spelling("+34 910 00\u{A0}00 01", "+34910000001"), Spelling("+34 910\u{200B}000001", "+34910000001"),
    Spelling("\u{200E}+34\t910 000 001", "+34910000001"), Spelling("\u{FEFF}+34910000001", "+34910000001"),
    Spelling("\u{202A}+34\u{202F}910\u{2009}000\u{3000}001\u{202C}", "+34910000001"),
    Spelling("+34\u{2011}910\u{2013}000\u{2212}001", "+34910000001"),
    Spelling("+34/910/000/001", "+34910000001"),
    Spelling("+34\u{AD}910\n000\r\n001", "+34910000001"), Spelling("+34\u{0}910000001", "+34910000001"),
    Spelling("٣٤٩١١٦٧٩٨٦٨", "+34911679868"), Spelling("３４９１１６７９８６８", "+34911679868"),
    Spelling("＋34911679868", "+34911679868"), Spelling("（＋３４）９１１－６７９８６８", "+34911679868"),
    Spelling("०३४९११६७९८६८", "034911679868"), Spelling("𝟑𝟒𝟗𝟏𝟏𝟔𝟕𝟗𝟖𝟔𝟖", "+34911679868"),
    Spelling("sip:+34%20910%C2%A0000001@host", "+34910000001"),
    Spelling("\u{200B}", nil), Spelling("-", nil), Spelling("( )", nil), Spelling("\u{2066}\u{2069}", nil),
    Spelling("anonymous\u{200B}", nil), Spelling("\u{202D}Unknown\u{202C}", nil), Spelling("(private)", nil),
    Spelling("+266\u{A0}696687", nil),
  ]

  private static let channels = [
    Spelling("whatsapp:+34910000001", "+34910000001"), Spelling("WhatsApp: +34 910 000 001", "+34910000001"),
    Spelling("whatsapp:34910000001", "+34910000001"), Spelling("tel:+34-910-000-001", "+34910000001"),
    Spelling("TEL:0034910000001;phone-context=example.com", "+34910000001"), Spelling("tel:112", "112"),
    Spelling("tel:911679868;ext=5", "911679868"), Spelling("tel:+8656696", nil), Spelling("tel:", nil),
    Spelling("whatsapp:", nil), Spelling("whatsapp:anonymous", nil), Spelling("tel:;ext=5", nil),
  ]

  private static let addresses = [
    Spelling("sip:+34911679868@host", "+34911679868"), Spelling("sips:+34911679868@host", "+34911679868"),
    Spelling("SIP:+34911679868@host", "+34911679868"), Spelling("SiPs:34911679868@host", "+34911679868"),
    Spelling("sip:0034911679868@host", "+34911679868"),
    Spelling("sip:+34911679868@host:5060", "+34911679868"),
    Spelling("sip:+34911679868@[2001:db8::1]:5060;lr", "+34911679868"),
    Spelling("sip:+34911679868@192.168.100.200", "+34911679868"),
    Spelling("sip:+34911679868:secret@host", "+34911679868"),
    Spelling("sip:+34911679868;phone-context=example.com@host;user=phone", "+34911679868"),
    Spelling("sip:+34911679868;a=b:c@host?subject=x", "+34911679868"),
    Spelling("sip:%2b34911679868@host", "+34911679868"),
    Spelling("sip:%2B%33%34911679868@host", "+34911679868"),
    Spelling("sip:%20+34911679868@host", "+34911679868"),
    Spelling("sip:+34.911.67.98.68@host", "+34911679868"), Spelling("sip:(202)555-0142@host", "2025550142"),
    Spelling("sip:1234567@host", "1234567"), Spelling("sip:+1234567@host", "+1234567"),
    Spelling("sip:123-45-67@host", "1234567"), Spelling("sip:911679868@host", "911679868"),
    Spelling("sip:+34911679868", "+34911679868"), Spelling("sip:+34911679868;transport=tls", "+34911679868"),
    Spelling("sip:%41nonymous@host", nil), Spelling("sip:@host", nil), Spelling("sip:;user=phone@host", nil),
    Spelling("sip:%2B266696687@host", nil), Spelling("sip:+8656696@host", nil),
  ]

  static let noNumbers = [
    "client:ana", "client:+34911679868", "client:anonymous", "sim:DE00000000000000000000000000000001",
    "sip:pbx@acme.example", "SIP:Pbx@Acme.Example", "sip:pbx@acme.example;transport=tls",
    "sip:1001@a.example", "sip:123456@host", "sip:+123456@host", "sip:112@host", "sip:12-34-56@host",
    // A host alone is nobody's number, and only the user part is looked at.
    "sip:192.168.100.200", "sip:192.168.100.200:5060", "sips:10.0.0.1;transport=tls", "sip:pbx.example",
    "sip:ana@34911679868", "sip:34911679868x@host", "sip:tel+34911679868@host",
    // Broken and misleading escapes.
    "sip:%2@host", "sip:%@host", "sip:%ZZ34911679868@host", "sip:34911679868%@host",
    "sip:34911679868%FF@host", "sip:%252B34911679868@host", "sip:34911679868%3Bx@host",
    "sip:34911679868%40x@host", "%2B34911679868",
    // A plus anywhere but in front, or more than one.
    "34+911679868", "34911679868+", "++34911679868", "00+34911679868", "+34+911679868", "+",
    // What is neither a digit of some script nor a separator.
    "34911679868²", "+34_911679868", "+34,911679868", "911679868;ext=5", "911679868x5", "*31#911679868",
    "+34 911 67 98 68 ext. 5", "٣٤٩١١٦٧٩٨٦٨ a",
    // A channel prefix counts before a number alone, and no other word is one.
    "whatsapp:ana", "tel:ana", "tel:+34911679868x5", "whatsapp:tel:+34911679868", "messenger:34911679868",
    "sms:+34911679868", "whatsapp:sip:+34911679868@host",
    "\"Ana\" <sip:+34911679868@host>", "sipx:+34911679868@host", "+34911679868@host",
    "agent@example.sip.twilio.com", "sip+34911679868", "anonymous caller", "N/A",
  ]

  static let withheld = [
    "anonymous", "restricted", "unknown", "unavailable", "blocked", "private", "+266696687", "+7378742833",
    "+2562533", "+8656696", "+86282452253",
  ]

  static let withheldKeypad = ["266696687", "7378742833", "2562533", "8656696", "86282452253"]
}

extension String {
  fileprivate var capitalized: String { prefix(1).uppercased() + dropFirst() }
}
