import CallDomain
import TestSupport
import Testing

@Suite("Price")
struct PriceTests {
  @Test(
    "A price keeps Twilio's text, and its magnitude every digit of it",
    arguments: [
      ("-0.01700", "0.01700"), ("-0.200", "0.200"), ("0", "0"), ("-0", "0"), ("0.00000", "0.00000"),
      ("1.5", "1.5"), ("+1.50", "1.50"),
      ("-12345678901234567890.123456789", "12345678901234567890.123456789"),
      ("-100", "100"), ("-0.10000000000000000000000001", "0.10000000000000000000000001"),
    ])
  func exact(_ text: String, _ magnitude: String) {
    #expect(Price(text)?.text == text)
    #expect(Price(text)?.magnitude == magnitude)
  }

  @Test(
    "What is no decimal is an unknown price, not a zero",
    arguments: [
      "", " ", "-", "+", ".", "-.", "1,5", "1.2.3", "--1", "+-1", "1-", "1e5", "0x10", "NaN", "nan",
      "Infinity",
      "null", "-0.017 ", " -0.017", "٣", "１", "$1", "1 000", "−1", "\u{0}1",
    ])
  func notAPrice(_ text: String) {
    #expect(Price(text) == nil)
  }

  @Test("A text of absurd length is no price")
  func overlong() {
    #expect(Price("-0." + String(repeating: "1", count: 10_000)) == nil)
  }

  @Test("Two texts of the same value are different prices: every digit counts")
  func scaleMatters() {
    #expect(Price("-0.2") != Price("-0.200"))
  }
}
