import CallDomain
import TestSupport
import Testing

@Suite("CallSID")
struct CallSIDTests {
  @Test(
    "CA and 32 hexadecimal digits are a SID and stay as they are",
    arguments: [
      "CA00000000000000000000000000000000", "CAabcdef0123456789abcdef0123456789",
      "CAABCDEF0123456789abcdef0123456789",
    ])
  func valid(_ text: String) {
    #expect(CallSID(text)?.text == text)
  }

  @Test(
    "Anything else is no SID",
    arguments: [
      "", "CA", "CA0000000000000000000000000000000", "CA000000000000000000000000000000000",
      "AC00000000000000000000000000000000", "ca00000000000000000000000000000000",
      "CA0000000000000000000000000000000g", "CA0000000000000000000000000000000 ",
      " CA0000000000000000000000000000000", "CA0000000000000000000000000000000٣",
      "CA00000000000000000000000000000000\n", "CA000000000000000000000000000000é",
    ])
  func invalid(_ text: String) {
    #expect(CallSID(text) == nil)
  }

  @Test("SIDs are ordered byte by byte, digits before upper before lower case")
  func order() {
    let texts = ["CA0", "CA1", "CA9", "CAA", "CAF", "CAa", "CAf"]
    let sids = texts.compactMap { CallSID($0 + String(repeating: "0", count: 31)) }
    #expect(sids.count == texts.count)
    #expect(sids.shuffled().sorted() == sids)
  }

  @Test("SIDs that differ in case are different calls")
  func caseMatters() {
    #expect(
      CallSID("CA0000000000000000000000000000000a") != CallSID("CA0000000000000000000000000000000A"))
  }

  @Test("The builder counts upwards in SID order")
  func builder() {
    #expect(makeSID(1).text == "CA00000000000000000000000000000001")
    #expect(makeSID(255).text == "CA000000000000000000000000000000ff")
    #expect(makeSID(9) < makeSID(10))
    #expect(makeSID(15) < makeSID(16))
  }
}
