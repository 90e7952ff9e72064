import Telemetry
import Testing

struct PhoneMaskTests {
  @Test(
    "Phone-like runs keep their last three digits",
    arguments: [
      ("+34911679868", "…868"), ("The number +34 911 67 98 68 is not valid", "The number …868 is not valid"),
      ("0034911679868", "…868"), ("911-679-868.", "…868."), ("(202) 555-0142", "…142"),
      ("«34911679868»", "«…868»"), ("To=%2B34911679868&From=%2b34600111222", "To=…868&From=…222"),
      ("sip:+34911679868@public.example", "sip:…868@public.example"),
      ("+34911679868,+34600111222", "…868,…222"), ("+34911679868x", "…868x"), ("1234567", "…567"),
      ("número34911679868", "número34911679868"), ("ñ34911679868", "ñ…868"),
    ])
  func masked(text: String, expected: String) {
    #expect(PhoneMask.applied(to: text) == expected)
  }

  @Test(
    "So do those in any spelling that the canonical form takes for one number",
    arguments: [
      ("+34\u{A0}911\u{A0}679\u{A0}868", "…868"), ("34\u{202F}911\u{2009}679\u{3000}868 x", "…868 x"),
      ("911\u{2011}679\u{2013}868", "…868"), ("911−679－868", "…868"), ("0911/679868", "…868"),
      ("\u{202D}+34911679868\u{202C}", "\u{202D}…868\u{202C}"), ("34\t911\u{200B}679868", "…868"),
      ("＋３４９１１６７９８６８", "…８６８"), ("＋34．911．679．868", "…868"), ("（202）555／0142", "…142"),
      ("٠٠٣٤٩١١٦٧٩٨٦٨", "…٨٦٨"), ("34९११679868", "…868"),
    ])
  func spellings(text: String, expected: String) {
    #expect(PhoneMask.applied(to: text) == expected)
  }

  @Test(
    "What only looks like an IPv4 address or a date is a number",
    arguments: [
      ("34.910.000.001", "…001"), ("34.91.000.001", "…001"), ("34.91.167.98.68", "…868"),
      ("256.1.22.33", "…233"), ("1.2.3.256", "1.2.3.256"), ("9116-79-86", "…986"), ("9116/12/86", "…286"),
      ("91/16/7986", "…986"),
    ])
  func lookalikes(text: String, expected: String) {
    #expect(PhoneMask.applied(to: text) == expected)
  }

  @Test("However long a text is, each of its places is looked at a few times")
  func linear() {
    let long = 100_000
    for part in ["1", "(", "1 ", "1/", "+", "1.2.3.4 ", "2026/03/01 ", "\u{A0}", "１", "1  (", "a1"] {
      let text = String(repeating: part, count: long)
      #expect(PhoneMask.applied(to: text).unicodeScalars.count <= text.unicodeScalars.count)
    }
  }

  @Test(
    "What is no phone number stays",
    arguments: [
      "", "87", "error 20003", "123456", "CA0123456789abcdef0123456789abcdef",
      "RQ01234567890123456789012345678901",
      "2025-10-05T18:45:00.000Z - 2025-10-05T20:00:00.000Z", "--since 2025-08-01 --until 2025-09-01",
      "2025-10-05 18:45:00", "127.0.0.1:5432", "192.168.100.100:5432", "a+b", "%2", "+", "(", "((", "1.5 s",
      "🎉",
      "HTTP 503 (2 reintentos)", "2026/03/01", "2026/03/01 18:45:00", "01/03/2026", "1/3/2026, 18:45",
      "10.0.0.0/8",
      "192.168.255.255/32", "/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Calls.json", "3/10",
      "/api/sync-runs/123456", "server 16.4.1/3", "255.255.255.255.", "número\u{A0}12", "１２３",
    ])
  func untouched(text: String) {
    #expect(PhoneMask.applied(to: text) == text)
  }
}
