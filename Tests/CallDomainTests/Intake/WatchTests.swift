import CallDomain
import TestSupport
import Testing

@Suite("Watch, unsettled calls")
struct WatchTests {
  private let start = makeTime("2026-03-01T09:05:08Z")

  private func change(
    _ call: Call, hours: Int, seconds: Int = 0, isListedUnsettled: Bool? = nil, isGivenUp: Bool = false
  ) -> UnsettledList.Change {
    let stored = isListedUnsettled.map {
      StoredCall(
        call: call, workspace: nil, phoneNumber: nil, leadNumber: nil, cost: nil, effectiveTime: nil,
        isListedUnsettled: $0, isGivenUp: isGivenUp)
    }
    return UnsettledList.change(
      for: call, stored: stored, readAt: start.adding(hours: hours).adding(seconds: seconds))
  }

  @Test("An unsettled call is on the list, new or not")
  func listed() {
    #expect(change(makeCall(price: nil), hours: 1) == .asked(givenUp: false))
    #expect(change(makeCall(price: nil), hours: 1, isListedUnsettled: true) == .asked(givenUp: false))
    #expect(change(makeCall(price: nil), hours: 1, isListedUnsettled: false) == .asked(givenUp: false))
  }

  @Test("A call is given up only after one asking at the age of 48 hours or more")
  func givenUp() {
    let call = makeCall(price: nil)
    #expect(change(call, hours: 48, seconds: -1, isListedUnsettled: true) == .asked(givenUp: false))
    #expect(change(call, hours: 48, isListedUnsettled: true) == .asked(givenUp: true))
    #expect(change(call, hours: 500) == .asked(givenUp: true))
  }

  @Test("A given-up call stays so until it is settled")
  func staysGivenUp() {
    #expect(change(makeCall(price: nil), hours: 60, isListedUnsettled: false, isGivenUp: true) == .none)
    #expect(change(makeCall(), hours: 60, isListedUnsettled: false, isGivenUp: true) == .remove)
  }

  @Test("A settled call leaves the list, or never comes onto it")
  func settled() {
    #expect(change(makeCall(), hours: 1, isListedUnsettled: true) == .remove)
    #expect(change(makeCall(), hours: 1, isListedUnsettled: false) == .none)
    #expect(change(makeCall(), hours: 1) == .none)
  }
}
