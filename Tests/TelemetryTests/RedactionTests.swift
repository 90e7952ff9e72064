import Telemetry
import Testing

struct RedactionTests {
  private let redaction = Redaction(secrets: ["p@ss w%rd/ñ1", "cron-secret-0123456789", "cron-secret"])

  @Test(
    "A secret is replaced however it is spelled",
    arguments: [
      "p@ss w%rd/ñ1", "p%40ss%20w%25rd%2F%C3%B11", "p%40ss%20w%25rd%2f%c3%b11", "p@ss+w%25rd/ñ1",
      "%70%40%73%73%20%77%25%72%64%2F%C3%B1%31", "p@ss%20w%25rd/%C3%B11",
    ])
  func spellings(spelling: String) {
    #expect(redaction.applied(to: "a=\(spelling)&b") == "a=•••&b")
    #expect(redaction.applied(to: spelling) == "•••")
    #expect(redaction.applied(to: spelling + spelling) == "••••••")
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
