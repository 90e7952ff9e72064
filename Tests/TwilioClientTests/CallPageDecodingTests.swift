import CallDomain
import Testing
import TwilioClient

@Suite("CallPageDecoding")
struct CallPageDecodingTests {
  @Test("reads Twilio's published pages")
  func publishedPages() throws {
    let page = try CallPageDecoding.page(Array(TwilioSamples.fullPage1.utf8))
    #expect(page.calls.count == 2)
    #expect(page.unreadable == 0)
    #expect(page.next?.hasSuffix("&PageSize=2&Page=1&PageToken=PACAaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa0") == true)
    #expect(page.calls.first == (try makeSampleCall()))
    #expect(page.calls.last?.direction == .inbound)
    #expect(page.calls.last?.priceUnit == "JPY")
    #expect(try CallPageDecoding.page(Array(TwilioSamples.fullPage2.utf8)).calls.count == 2)
  }

  @Test(
    "reads Twilio's published empty pages: no calls, no next page",
    arguments: [
      TwilioSamples.emptyDatesGreater, TwilioSamples.emptyDatesLess, TwilioSamples.emptyFunDateFormats,
    ])
  func publishedEmptyPages(json: String) throws {
    #expect(try CallPageDecoding.page(Array(json.utf8)) == CallPage(calls: []))
  }

  @Test("reads Twilio's published single call")
  func publishedCall() throws {
    #expect(try CallPageDecoding.call(Array(TwilioSamples.oneCall.utf8)) == (try makeSampleCall()))
  }

  private func makeSampleCall() throws -> Call {
    Call(
      sid: try #require(CallSID("CA" + String(repeating: "a", count: 32))), from: "+13051416799",
      to: "+13051913581", direction: .outboundAPI, status: .completed, duration: 4,
      startTime: try makeTimestamp("2019-10-18T17:02:00Z"),
      endTime: try makeTimestamp("2019-10-18T17:03:00Z"),
      dateCreated: try makeTimestamp("2019-10-18T17:00:00Z"),
      dateUpdated: try makeTimestamp("2019-10-18T17:01:00Z"), price: Price("-0.200"), priceUnit: "USD")
  }

  @Test(
    "ends the list where the next page is null, missing or empty, and only there",
    arguments: [
      (#"{"calls":[],"next_page_uri":null}"#, nil), (#"{"calls":[]}"#, nil),
      (#"{"calls":[],"next_page_uri":""}"#, nil),
      (#"{"calls":[],"next_page_uri":"\/a?b=%3C&c=\u00e9"}"#, "/a?b=%3C&c=é"),
    ])
  func nextPage(json: String, next: String?) throws {
    #expect(try CallPageDecoding.page(Array(json.utf8)).next == next)
  }

  @Test(
    "fails what is no page, never taking it for an empty one",
    arguments: [
      ("", .malformed), (" ", .malformed), ("<html></html>", .malformed), ("null", .malformed),
      ("[]", .malformed), ("{", .malformed), (#"{"calls":[{"sid":"CA"#, .malformed),
      (#"{"calls":[]} x"#, .malformed), (#"{"calls":[],"next_page_uri":7}"#, .malformed),
      (#"{"calls":[],"next_page_uri":"/a\u0000"}"#, .malformed),
      (#"{"calls":[],"x":"\u00e\","y":"z"}"#, .malformed), (#"{"calls":[],"x":"\u00e"}"#, .malformed),
      ("{}", .noCalls), (#"{"calls":null}"#, .noCalls), (#"{"calls":{}}"#, .noCalls),
      (#"{"calls":"x"}"#, .noCalls), (#"{"Calls":[]}"#, .noCalls),
      (#"{"code":20003,"message":"Authenticate","status":401}"#, .noCalls),
    ] as [(String, TwilioError.BadAnswer)])
  func noPage(json: String, reason: TwilioError.BadAnswer) {
    #expect(throws: reason) { try CallPageDecoding.page(Array(json.utf8)) }
  }

  @Test("fails a page that is not UTF-8")
  func notUTF8() {
    let bytes = Array(#"{"calls":[{"sid":""#.utf8) + [0xFF, 0xFE] + Array(#""}]}"#.utf8)
    #expect(throws: TwilioError.BadAnswer.malformed) { try CallPageDecoding.page(bytes) }
  }

  @Test("counts records without a valid SID and keeps the rest")
  func unreadable() throws {
    let records = [
      #"{"sid":"\#(makeSID(1))"}"#, "null", "7", #""x""#, "[]", "{}", #"{"sid":null}"#, #"{"sid":"CA1"}"#,
      #"{"sid":7}"#, #"{"sid":"SM00000000000000000000000000000001"}"#, #"{"sid":"\#(makeSID(2))"}"#,
    ]
    let page = try CallPageDecoding.page(Array(#"{"calls":[\#(records.joined(separator: ","))]}"#.utf8))
    #expect(page.calls.map(\.sid.text) == [makeSID(1), makeSID(2)])
    #expect(page.unreadable == 9)
  }

  @Test("takes absent, null and unexpected values for unknown, and so empty text but in from and to")
  func unknown() throws {
    let keys = [
      "from", "to", "direction", "status", "duration", "start_time", "end_time", "date_created",
      "date_updated", "price", "price_unit",
    ]
    let nothing = Call(sid: try #require(CallSID(makeSID(1))))
    for value in ["null", "true", "{}", "[1]", #"{"a":"b"}"#] {
      let fields = keys.map { #""\#($0)":\#(value)"# }.joined(separator: ",")
      #expect(try decodeRecord(fields) == nothing, "\(value)")
    }
    #expect(try decodeRecord(#""more":1"#) == nothing)
    var withheld = nothing
    withheld.from = ""
    withheld.to = ""
    #expect(try decodeRecord(keys.map { #""\#($0)":"""# }.joined(separator: ",")) == withheld)
  }

  @Test("takes a number where text is expected")
  func numbers() throws {
    let call = try decodeRecord(#""price":-0.017,"duration":61,"from":34911679868,"to":112"#)
    #expect(call.price == Price("-0.017"))
    #expect(call.duration == 61)
    #expect(call.from == "34911679868")
    #expect(call.to == "112")
    #expect(try decodeRecord(#""price":1e400,"duration":1.5"#).price == nil)
  }

  @Test(
    "keeps a number as it is written, but in a form with a power of ten",
    arguments: [
      ("-0.01700", "-0.01700"), ("0.20", "0.20"), ("-0", "-0"), ("1E2", "100"), ("25e-1", "2.5"),
      ("-123456789012345678901234567890123456.70", "-123456789012345678901234567890123456.70"),
      ("01", nil), ("1.", nil), ("-", nil), ("-.5", nil), ("1-2", nil), ("1e", nil), ("1e400", nil),
    ] as [(String, String?)])
  func numberTexts(number: String, text: String?) throws {
    #expect(try decodeRecord(#""price":\#(number),"from":\#(number)"#).from == text)
    #expect(try decodeRecord(#""price":\#(number)"#).price?.text == text)
  }

  @Test(
    "reads a duration sent as a number", arguments: [("61", 61), ("61.00", 61), ("61.5", nil), ("6e1", 60)])
  func numericDurations(number: String, seconds: Int?) throws {
    #expect(try decodeRecord(#""duration":\#(number)"#).duration == seconds)
  }

  @Test("fails a page in UTF-16, as RFC 8259 has it")
  func utf16() {
    let bytes = Array(#"{"calls":[]}"#.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] } as [UInt8])
    #expect(throws: TwilioError.BadAnswer.malformed) { try CallPageDecoding.page(bytes) }
  }

  @Test(
    "reads a duration of whole seconds that the column can hold",
    arguments: [
      ("0", 0), ("61", 61), ("2147483647", 2_147_483_647), ("2147483648", nil), ("-1", nil), ("1.5", nil),
      ("61s", nil), (" 61", nil),
    ])
  func durations(text: String, seconds: Int?) throws {
    #expect(try decodeRecord(#""duration":"\#(text)""#).duration == seconds)
  }

  @Test(
    "keeps every digit of a price", arguments: ["-0.01700", "-0.200", "0", "12.3400000000000000000000001"])
  func prices(text: String) throws {
    #expect(try decodeRecord(#""price":"\#(text)""#).price?.text == text)
  }

  @Test("keeps unknown directions and statuses as they are")
  func newWords() throws {
    let call = try decodeRecord(#""direction":"sideways","status":"dreaming""#)
    #expect(call.direction == .other("sideways"))
    #expect(call.status == .other("dreaming"))
  }

  @Test("leaves a date that cannot be read unknown")
  func badDate() throws {
    let call = try decodeRecord(
      #""start_time":"yesterday","end_time":"Sun, 01 Mar 2026 09:06:09 +0000""#)
    #expect(call.startTime == nil)
    #expect(call.endTime == (try makeTimestamp("2026-03-01T09:06:09Z")))
  }

  @Test("replaces NUL, which PostgreSQL's text cannot hold, and leaves other text as it is")
  func nul() throws {
    let call = try decodeRecord(#""from":"a\u0000b\u0000","to":"sip:ñ😀\n\"@x""#)
    #expect(call.from == "a\u{FFFD}b\u{FFFD}")
    #expect(call.to == "sip:ñ😀\n\"@x")
  }

  @Test("has every SID once, at its first place, in the version updated last")
  func duplicates() throws {
    func record(_ number: Int, _ status: String, updated second: Int) -> String {
      #"{"sid":"\#(makeSID(number))","status":"\#(status)","date_updated":"Sun, 01 Mar 2026 09:05:0\#(second) +0000"}"#
    }
    let records = [
      record(1, "ringing", updated: 1), record(2, "completed", updated: 5),
      record(1, "in-progress", updated: 2),
      record(3, "busy", updated: 1), record(2, "in-progress", updated: 3),
    ]
    let page = try CallPageDecoding.page(Array(#"{"calls":[\#(records.joined(separator: ","))]}"#.utf8))
    #expect(page.calls.map(\.sid.text) == [1, 2, 3].map(makeSID))
    #expect(page.calls.map(\.status) == [.inProgress, .completed, .busy])
    #expect(page.unreadable == 0)
  }

  @Test("reads a page of a thousand calls")
  func largePage() throws {
    let records = (0..<1000).map { #"{"sid":"\#(makeSID($0))","from":"+3491","price":null}"# }
    let page = try CallPageDecoding.page(Array(#"{"calls":[\#(records.joined(separator: ","))]}"#.utf8))
    #expect(page.calls.map(\.sid.text) == (0..<1000).map(makeSID))
  }
}
