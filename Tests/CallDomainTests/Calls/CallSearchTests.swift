import CallDomain
import TestSupport
import Testing

@Suite("Searches for calls")
struct CallSearchTests {
  private static let sid = "CA0123456789abcdef0123456789abcdef"

  @Test(
    "A place is read as it was handed out",
    arguments: [
      nil, 0, 1_759_694_400_123_456, -1, -62_135_596_800_000_000, 253_402_300_799_999_000,
    ] as [Int64?])
  func place(microseconds: Int64?) {
    let place = CallSearch.Place(microseconds: microseconds, sid: makeSID(7))
    #expect(CallSearch.Place(place.text) == place)
  }

  @Test(
    "What no answer has handed out is no place",
    arguments: [
      "", "-", sid, "1-", "1" + sid, "x-" + sid, "+1-" + sid, "01-" + sid, " 1-" + sid, "1.5-" + sid,
      "--1-" + sid,
      "1-CA0123", "1-" + sid + "0", "253402300800000000-" + sid, "-62135596800001000-" + sid,
      "9223372036854775807-" + sid, "9223372036854775808-" + sid, "٣-" + sid,
    ])
  func noPlace(text: String) {
    #expect(CallSearch.Place(text) == nil)
  }

  @Test("Without a number and a beginning it is about the 31 days before its end, or before now")
  func within() {
    let (now, end) = (makeTime("2026-03-31T12:00:00Z"), makeTime("2025-08-01T00:00:00Z"))
    var search = CallSearch()
    #expect(search.within(now: now).since == makeTime("2026-02-28T12:00:00Z"))
    search.until = end
    #expect(search.within(now: now).since == makeTime("2025-07-01T00:00:00Z"))
    search.since = makeTime("2020-01-01T00:00:00Z")
    #expect(search.within(now: now) == search)
    search.since = nil
    search.number = makeNumber("+34600000022")
    #expect(search.within(now: now) == search)
  }

  @Test("Each spelling and each URI that is looked for is the number, canonically")
  func spellings() throws {
    try forEachSeed(500) { random in
      let digits = String(random.number(in: 1...999_999_999_999))
      let number = makeNumber(random.one(of: "+34", "+", "0", "") + digits)
      try #require(number.isDialled && number.spellings.first == number.canonical, "\(number.canonical)")
      for spelling in number.spellings { try #require(PhoneNumber(spelling) == number, "\(spelling)") }
      for beginning in number.beginnings {
        let uri = beginning + random.one(of: "x@a.example", "5060@10.0.0.1:5060;transport=tls")
        try #require(PhoneNumber(uri) == number, "\(uri)")
      }
      try #require(
        Set(number.spellings + number.beginnings).count == number.spellings.count + number.beginnings.count)
    }
  }

  @Test(
    "A number that one dials is looked for in the forms that Twilio may have written",
    arguments: [
      ("+34910000001", "34910000001"), ("+34910000001", "0034910000001"),
      ("+34910000001", "whatsapp:+34910000001"),
      ("+34910000001", "sip:+34910000001@"), ("+34910000001", "sip:%2B34910000001;"),
      ("+34910000001", "sips:0034910000001:"), ("910000001", "sip:910000001@"),
      ("910000001", "tel:910000001"),
    ])
  func forms(number: String, form: String) {
    let number = makeNumber(number)
    #expect((number.spellings + number.beginnings).contains(form))
  }

  @Test(
    "A short number is looked for in no URI, and a name as it is",
    arguments: ["112", "client:ana", "sip:1001@a.example"])
  func plain(text: String) {
    let number = makeNumber(text)
    #expect(number.beginnings.isEmpty)
    #expect(number.isDialled == (text == "112"))
    if !number.isDialled { #expect(number.spellings == [text]) }
  }
}
