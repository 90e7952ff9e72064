import CallDomain
import TestSupport
import Testing

@Suite("Call")
struct CallTests {
  private let start = makeTime("2026-03-01T09:05:08Z")
  private let end = makeTime("2026-03-01T09:06:09Z")
  private let created = makeTime("2026-03-01T09:05:07Z")

  @Test("The time that decides is the end, else the start, else the creation")
  func effectiveTime() {
    #expect(makeCall(startTime: start, endTime: end, dateCreated: created).effectiveTime == end)
    #expect(makeCall(startTime: start, endTime: nil, dateCreated: created).effectiveTime == start)
    #expect(makeCall(startTime: nil, endTime: nil, dateCreated: created).effectiveTime == created)
    #expect(makeCall(startTime: nil, endTime: end, dateCreated: nil).effectiveTime == end)
  }

  @Test("A call without any time still has one, the same for all of them")
  func noTime() {
    let call = makeCall(startTime: nil, endTime: nil, dateCreated: nil, dateUpdated: nil)
    #expect(
      call.effectiveTime == makeCall(makeSID(2), startTime: nil, endTime: nil, dateCreated: nil).effectiveTime
    )
    #expect(call.callDate == nil)
  }

  @Test("The call date is the start, else the creation, and never the end")
  func callDate() {
    #expect(makeCall(startTime: start, endTime: end, dateCreated: created).callDate == start)
    #expect(makeCall(startTime: nil, endTime: end, dateCreated: created).callDate == created)
    #expect(makeCall(startTime: nil, endTime: end, dateCreated: nil).callDate == nil)
  }

  @Test(
    "A call that is not final is unsettled, whatever else is known",
    arguments: [CallStatus.queued, .ringing, .inProgress, .other("initiated"), nil])
  func notFinal(_ status: CallStatus?) {
    #expect(makeCall(status: status, duration: 10, price: makePrice("-0.1")).isUnsettled)
    #expect(makeCall(status: status, duration: nil, price: nil).isUnsettled)
  }

  @Test("A completed call with a duration is unsettled until it has a price")
  func completed() {
    #expect(makeCall(status: .completed, duration: 1, price: nil).isUnsettled)
    #expect(!makeCall(status: .completed, duration: 1, price: makePrice("-0.1")).isUnsettled)
    #expect(!makeCall(status: .completed, duration: 1, price: makePrice("0")).isUnsettled)
    #expect(!makeCall(status: .completed, duration: 0, price: nil).isUnsettled)
    #expect(!makeCall(status: .completed, duration: nil, price: nil).isUnsettled)
  }

  @Test(
    "An unanswered call is never priced and so settled",
    arguments: [CallStatus.busy, .noAnswer, .failed, .canceled])
  func unanswered(_ status: CallStatus) {
    #expect(!makeCall(status: status, duration: 0, price: nil).isUnsettled)
    #expect(!makeCall(status: status, duration: nil, price: nil).isUnsettled)
    #expect(!makeCall(status: status, duration: 5, price: nil).isUnsettled)
  }

  @Test(
    "In cases 1 and 2 the caller is ours and the callee the lead",
    arguments: [CallDirection.outboundAPI, .trunkingTerminating])
  func outbound(_ direction: CallDirection) {
    let call = makeCall(from: "0034910000001", to: "sip:+34600000022@host", direction: direction)
    #expect(call.ownNumber?.canonical == "+34910000001")
    #expect(call.leadNumber?.canonical == "+34600000022")
    #expect(makeCall(from: "Anonymous", direction: direction).ownNumber == nil)
    #expect(makeCall(from: nil, direction: direction).ownNumber == nil)
    #expect(makeCall(to: "", direction: direction).leadNumber == nil)
  }

  @Test("In a transfer the caller is the lead and no number of ours is known from the call itself")
  func transfer() {
    let call = makeTransfer(from: "34600000022")
    #expect(call.ownNumber == nil)
    #expect(call.leadNumber?.canonical == "+34600000022")
    #expect(makeTransfer(from: "+266696687").leadNumber == nil)
  }

  @Test(
    "A direction that is not stored names nobody",
    arguments: [CallDirection.inbound, .outboundDial, .other("conference-leg"), nil])
  func notStored(_ direction: CallDirection?) {
    let call = makeCall(direction: direction)
    #expect(call.attributionCase == nil)
    #expect(call.ownNumber == nil)
    #expect(call.leadNumber == nil)
  }

  @Test("The parties stay exactly as Twilio sent them")
  func raw() {
    let call = makeCall(from: " 0034 910000001 ", to: "sip:%2B34600000022@host")
    #expect(call.from == " 0034 910000001 ")
    #expect(call.to == "sip:%2B34600000022@host")
  }
}
