import Foundation
import Telemetry
import Testing

struct RedactionTests {
  private let redaction = Redaction(secrets: ["p@ss w%rd/ñ1", "cron-secret-0123456789", "cron-secret"])

  @Test(
    "A secret is replaced however it is spelled",
    arguments: [
      "p@ss w%rd/ñ1", "p%40ss%20w%25rd%2F%C3%B11", "p%40ss%20w%25rd%2f%c3%b11", "p@ss+w%25rd/ñ1",
      "%70%40%73%73%20%77%25%72%64%2F%C3%B1%31", "p@ss%20w%25rd/%C3%B11",
      "p%2540ss%2520w%2525rd%252F%25C3%25B11", #"p@ss w%rd\/\u00f11"#, #"p@ss w%rd\\\/\\u00F11"#,
      #"p\u0040ss w%rd/\u{f1}1"#, "p&#64;ss w%rd&#x2F;&#XF1;1", #"p\x40ss w%rd/\xc3\xb11"#,
    ])
  func spellings(spelling: String) {
    #expect(redaction.applied(to: "a=\(spelling)&b") == "a=•••&b")
    #expect(redaction.applied(to: spelling) == "•••")
    #expect(redaction.applied(to: spelling + spelling) == "••••••")
  }

  @Test(
    "A secret with quotes, angle brackets, emoji or control characters is found as it is written in texts")
  func quoted() {
    let secret = "a\"b'<c>&\\d\t🎉e"
    let redaction = Redaction(secrets: [secret])
    for spelling in [
      secret, secret.debugDescription, #""a\"b'<c>&\\d\t\ud83c\udf89e""#,
      "a&quot;b&apos;&lt;c&gt;&amp;\\d\t&#127881;e",
      "a\"b'<c>&\\d 🎉e",
    ] {
      let expected = spelling.hasPrefix("\"") ? "\"•••\"" : "•••"
      #expect(redaction.applied(to: spelling) == expected, "\(spelling)")
    }
  }

  @Test(
    "A secret within Base64 takes the whole of it along, wherever it stands there",
    arguments: ["", "u", "us", "user:", "AC0123456789:"], ["", "@", ":x", "ñandú"])
  func base64(before: String, after: String) {
    for secret in ["s3cr", "?>?>~~~ñ", "token-9d2f51c07b"] {
      let encoded = Data((before + secret + after).utf8).base64EncodedString()
      let forAddresses = encoded.replacing("+", with: "-").replacing("/", with: "_")
      for form in [encoded, forAddresses, encoded.replacing("=", with: "%3D")] {
        #expect(
          Redaction(secrets: [secret]).applied(to: "Authorization: Basic \(form)\r\nHost: x")
            == "Authorization: Basic •••\r\nHost: x", "\(form)")
      }
    }
  }

  @Test("Parts of secrets and phone numbers leave the words of others, and not our own")
  func parts() {
    let redaction = Redaction(
      secrets: ["https://chat.example/hooks/T1234567"], parts: ["T1234567", "llamadas"])
    let words = "Cannot POST /hooks/%54123456%37 of llamadas, +34911679868"
    #expect(redaction.applied(to: words) == words)
    #expect(redaction.applied(toValue: words) == "Cannot POST /hooks/••• of •••, +34911679868")
    #expect(redaction.applied(toWordsOfOthers: words) == "Cannot POST /hooks/••• of •••, …868")
    #expect(redaction.applied(to: "87 llamadas obtenidas") == "87 llamadas obtenidas")
  }

  @Test("Secrets that overlap go both; two that follow one another have a mark each")
  func overlapping() {
    let redaction = Redaction(secrets: ["abcd1234", "1234efgh"])
    #expect(redaction.applied(to: "x abcd1234efgh y") == "x ••• y")
    #expect(redaction.applied(to: "abcd12341234efgh") == "••••••")
  }

  @Test("Of two secrets that begin alike the longer one goes as a whole")
  func longest() {
    #expect(redaction.applied(to: "cron-secret-0123456789") == "•••")
    #expect(redaction.applied(to: "cron-secret-012345678") == "•••-012345678")
  }

  @Test(
    "Text without a secret stays as it is",
    arguments: [
      "", "p@ss w%rd/ñ", "100 %", "%", "%4", "%zz", "%70%4", "📞 87 llamadas obtenidas", "cron-secre",
    ])
  func untouched(text: String) {
    #expect(redaction.applied(to: text) == text)
  }

  @Test("Secrets that would be found everywhere are not searched for")
  func tooShort() {
    let redaction = Redaction(secrets: ["", "a", "abc"])
    #expect(redaction.applied(to: "abcabc") == "abcabc")
    #expect(Redaction.none.applied(to: "abc") == "abc")
  }
}
