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
    "What is no phone number stays",
    arguments: [
      "", "87", "error 20003", "123456", "CA0123456789abcdef0123456789abcdef",
      "RQ01234567890123456789012345678901",
      "2025-10-05T18:45:00.000Z - 2025-10-05T20:00:00.000Z", "--since 2025-08-01 --until 2025-09-01",
      "2025-10-05 18:45:00", "127.0.0.1:5432", "192.168.100.100:5432", "a+b", "%2", "+", "(", "((", "1.5 s",
      "🎉",
      "HTTP 503 (2 reintentos)",
    ])
  func untouched(text: String) {
    #expect(PhoneMask.applied(to: text) == text)
  }
}
