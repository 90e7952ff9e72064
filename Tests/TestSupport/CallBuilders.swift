package import CallDomain

/// The Call SID with this number: `CA0000…0001` for 1. Larger numbers are later in SID order.
package func makeSID(_ number: Int) -> CallSID {
  let digits = String(number, radix: 16)
  let text = "CA" + String(repeating: "0", count: max(0, 32 - digits.count)) + digits
  guard let sid = CallSID(text) else {
    preconditionFailure("makeSID takes numbers from 0; it was given \(number).")
  }
  return sid
}

/// The moment that `text` (ISO 8601) names.
package func makeTime(_ text: String) -> Timestamp {
  guard let time = Timestamp(iso8601: text) else {
    preconditionFailure("makeTime takes an ISO 8601 time; it was given \(text).")
  }
  return time
}

/// The canonical form of `text`, which must not be a withheld party.
package func makeNumber(_ text: String) -> PhoneNumber {
  guard let number = PhoneNumber(text) else {
    preconditionFailure("makeNumber takes a party that is not withheld; it was given \(text).")
  }
  return number
}

/// The price that Twilio writes as `text`.
package func makePrice(_ text: String) -> Price {
  guard let price = Price(text) else {
    preconditionFailure("makePrice takes a decimal; it was given \(text).")
  }
  return price
}

/// A call as the log tells it; by default completed, priced and made through the REST API.
package func makeCall(
  _ sid: CallSID = makeSID(1), from: String? = "+34910000001", to: String? = "+34600000022",
  direction: CallDirection? = .outboundAPI, status: CallStatus? = .completed, duration: Int? = 61,
  startTime: Timestamp? = makeTime("2026-03-01T09:05:08Z"),
  endTime: Timestamp? = makeTime("2026-03-01T09:06:09Z"),
  dateCreated: Timestamp? = makeTime("2026-03-01T09:05:07Z"),
  dateUpdated: Timestamp? = makeTime("2026-03-01T09:06:10Z"),
  price: Price? = makePrice("-0.05600"), priceUnit: String? = "USD"
) -> Call {
  Call(
    sid: sid, from: from, to: to, direction: direction, status: status, duration: duration,
    startTime: startTime, endTime: endTime, dateCreated: dateCreated, dateUpdated: dateUpdated,
    price: price, priceUnit: priceUnit)
}

/// A transfer as the log tells it: the lead's call handed over to a SIP target.
package func makeTransfer(
  _ sid: CallSID = makeSID(100), from: String? = "+34600000022",
  to: String? = "sip:+34910000009@public-vip.ie1.twilio.com",
  endTime: Timestamp? = makeTime("2026-03-01T09:10:00Z")
) -> Call {
  makeCall(
    sid, from: from, to: to, direction: .trunkingOriginating,
    startTime: endTime?.adding(seconds: -61), endTime: endTime,
    dateCreated: endTime?.adding(seconds: -62), dateUpdated: endTime?.adding(seconds: 1))
}
