import CallDomain
import Testing

@Suite("CallDirection")
struct CallDirectionTests {
  @Test(
    "Every direction has its case, or none when it is not stored",
    arguments: [
      ("outbound-api", CallDirection.outboundAPI, Optional(AttributionCase.outboundAPI)),
      ("trunking-terminating", .trunkingTerminating, .trunkingTerminating),
      ("trunking-originating", .trunkingOriginating, .transfer), ("inbound", .inbound, nil),
      ("outbound-dial", .outboundDial, nil), ("conference-leg", .other("conference-leg"), nil),
      ("Outbound-API", .other("Outbound-API"), nil), ("trunking", .other("trunking"), nil),
    ])
  func attributionCase(_ word: String, _ direction: CallDirection, _ expected: AttributionCase?) {
    #expect(CallDirection(word) == direction)
    #expect(CallDirection(word).text == word)
    #expect(CallDirection(word).attributionCase == expected)
  }
}
