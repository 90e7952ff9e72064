import CallDomain
import TestSupport
import Testing

@Suite("Watch, unsettled calls")
struct WatchTests {
  private let start = makeTime("2026-03-01T09:05:08Z")

  private func change(
    _ call: Call, hours: Int, seconds: Int = 0, isStored: Bool = true, _ place: UnsettledList.Place? = nil
  ) -> UnsettledList.Change {
    let stored = StoredCall(
      call: call, workspace: nil, phoneNumber: nil, leadNumber: nil, cost: nil, effectiveTime: nil,
      listing: place)
    return UnsettledList.change(
      for: call, stored: isStored ? stored : nil, readAt: start.adding(hours: hours).adding(seconds: seconds))
  }

  @Test("An unsettled call is on the list, new or not")
  func listed() {
    #expect(change(makeCall(price: nil), hours: 1, isStored: false) == .asked(givenUp: false))
    #expect(change(makeCall(price: nil), hours: 1, .waiting) == .asked(givenUp: false))
    #expect(change(makeCall(price: nil), hours: 1) == .asked(givenUp: false))
  }

  @Test("A call is given up only after one asking at the age of 48 hours or more")
  func givenUp() {
    let call = makeCall(price: nil)
    #expect(change(call, hours: 48, seconds: -1, .waiting) == .asked(givenUp: false))
    #expect(change(call, hours: 48, .waiting) == .asked(givenUp: true))
    #expect(change(call, hours: 500, isStored: false) == .asked(givenUp: true))
  }

  @Test("A given-up call stays so until it is settled, or turns out to have begun later")
  func staysGivenUp() {
    #expect(change(makeCall(price: nil), hours: 60, .givenUp) == .none)
    #expect(change(makeCall(price: nil), hours: 47, .givenUp) == .asked(givenUp: false))
    #expect(change(makeCall(), hours: 60, .givenUp) == .remove)
  }

  @Test(
    "A call that Twilio did not know and shows after all is asked for again, however old", arguments: [1, 60])
  func shownAfterAll(hours: Int) {
    #expect(change(makeCall(price: nil), hours: hours, .gone) == .asked(givenUp: false))
    #expect(change(makeCall(), hours: hours, .gone) == .remove)
  }

  @Test("A call of no case any more leaves the list")
  func noCase() {
    #expect(change(makeCall(direction: .inbound, price: nil), hours: 1, .waiting) == .remove)
    #expect(change(makeCall(direction: .inbound, price: nil), hours: 1) == .none)
  }

  @Test("A settled call leaves the list, or never comes onto it")
  func settled() {
    #expect(change(makeCall(), hours: 1, .waiting) == .remove)
    #expect(change(makeCall(), hours: 1) == .none)
    #expect(change(makeCall(), hours: 1, isStored: false) == .none)
  }
}
