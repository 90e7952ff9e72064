import CallDomain
import TestSupport
import Testing

@Suite("Two versions of a call")
struct CallVersionsTests {
  private let early = makeTime("2026-03-01T09:05:00Z")
  private let late = makeTime("2026-03-01T09:06:00Z")

  @Test("Each field comes from the version that was updated later")
  func laterWins() {
    let old = makeCall(dateUpdated: early)
    let new = makeCall(
      from: "+34910000002", to: "+34600000033", direction: .trunkingTerminating, status: .busy, duration: 0,
      startTime: early, endTime: late, dateCreated: early, dateUpdated: late, price: makePrice("-9"),
      priceUnit: "EUR")
    #expect(old.merged(with: new) == new)
    #expect(new.merged(with: old) == new)
  }

  @Test("What the later version does not know comes from the earlier one")
  func unknownInLater() {
    let old = makeCall(status: .ringing, dateUpdated: early)
    let new = Call(sid: old.sid, dateUpdated: late)
    var expected = old
    expected.dateUpdated = late
    #expect(old.merged(with: new) == expected)
    #expect(new.merged(with: old) == expected)
  }

  @Test("An empty text is as unknown as none")
  func emptyIsUnknown() {
    let old = makeCall(dateUpdated: early)
    let new = makeCall(from: "", to: "", dateUpdated: late, priceUnit: "")
    let merged = old.merged(with: new)
    #expect(merged.from == old.from)
    #expect(merged.to == old.to)
    #expect(merged.priceUnit == old.priceUnit)
    #expect(new.merged(with: old) == merged)
  }

  @Test("An empty direction or status is as unknown as none")
  func emptyWords() {
    let old = makeCall(direction: .outboundAPI, status: .ringing, dateUpdated: early)
    let new = makeCall(direction: CallDirection(""), status: CallStatus(""), dateUpdated: late)
    #expect(old.merged(with: new).direction == .outboundAPI)
    #expect(new.merged(with: old).status == .ringing)
  }

  @Test("An empty text stays when neither version knows better")
  func emptyStays() {
    let empty = makeCall(from: "", dateUpdated: early)
    #expect(empty.merged(with: makeCall(from: nil, dateUpdated: late)).from == "")
    #expect(empty.merged(with: makeCall(from: "", dateUpdated: late)).from == "")
    let (none, blank) = (makeCall(priceUnit: nil), makeCall(priceUnit: ""))
    #expect(none.merged(with: blank) == blank.merged(with: none))
    let kept = blank.merged(with: makeCall(dateUpdated: late, priceUnit: nil))
    #expect(kept.merged(with: makeCall(dateUpdated: late, priceUnit: nil)) == kept)
  }

  @Test(
    "A final status never becomes a non-final one, even of a later version",
    arguments: [CallStatus.completed, .busy, .failed, .noAnswer, .canceled],
    [CallStatus.queued, .ringing, .inProgress, .other("initiated")])
  func finalStays(_ final: CallStatus, _ open: CallStatus) {
    let ended = makeCall(status: final, dateUpdated: early)
    let stale = makeCall(status: open, dateUpdated: late)
    #expect(ended.merged(with: stale).status == final)
    #expect(stale.merged(with: ended).status == final)
    let same = makeCall(status: open, dateUpdated: early)
    #expect(ended.merged(with: same).status == final)
    #expect(same.merged(with: ended).status == final)
  }

  @Test("Of two final statuses the later version's counts")
  func finalCorrected() {
    let old = makeCall(status: .completed, dateUpdated: early)
    let new = makeCall(status: .failed, dateUpdated: late)
    #expect(old.merged(with: new).status == .failed)
    #expect(new.merged(with: old).status == .failed)
  }

  @Test("A known price is never overwritten by an unknown one, and is by a later known one")
  func price() {
    let priced = makeCall(dateUpdated: early, price: makePrice("-0.01700"))
    let unpriced = makeCall(dateUpdated: late, price: nil)
    #expect(priced.merged(with: unpriced).price == makePrice("-0.01700"))
    let corrected = makeCall(dateUpdated: late, price: makePrice("-0.02"))
    #expect(priced.merged(with: corrected).price == makePrice("-0.02"))
    #expect(corrected.merged(with: priced).price == makePrice("-0.02"))
  }

  @Test("A known time of update is later than an unknown one")
  func unknownUpdate() {
    let known = makeCall(duration: 5, dateUpdated: early)
    let unknown = makeCall(duration: 6, dateUpdated: nil)
    #expect(known.merged(with: unknown).duration == 5)
    #expect(unknown.merged(with: known).duration == 5)
    #expect(unknown.merged(with: known).dateUpdated == early)
  }

  @Test("Of two versions of the same second the one that has come farther counts")
  func sameSecond() {
    let ringing = makeCall(status: .ringing, duration: nil, endTime: nil, dateUpdated: early, price: nil)
    let completed = makeCall(status: .completed, dateUpdated: early, price: nil)
    let priced = makeCall(status: .completed, dateUpdated: early, price: makePrice("-1"))
    #expect(ringing.merged(with: completed) == completed)
    #expect(completed.merged(with: ringing) == completed)
    #expect(priced.merged(with: completed) == priced)
    #expect(completed.merged(with: priced) == priced)
  }
}

@Suite("Versions of a call, properties")
struct CallVersionsPropertyTests {
  @Test("Which of two versions comes first does not matter")
  func commutative() throws {
    try forEachSeed(2000) { random in
      let (one, other) = (random.version(), random.version())
      try #require(one.merged(with: other) == other.merged(with: one), "\(one)\n\(other)")
    }
  }

  @Test("A version taken in twice changes nothing")
  func idempotent() throws {
    try forEachSeed(2000) { random in
      let (one, other) = (random.version(), random.version())
      let merged = one.merged(with: other)
      try #require(one.merged(with: one) == one, "\(one)")
      try #require(merged.merged(with: other) == merged, "\(one)\n\(other)")
      try #require(merged.merged(with: one) == merged, "\(one)\n\(other)")
    }
  }

  @Test("Known is never overwritten by unknown, and final never by open")
  func knownStays() throws {
    try forEachSeed(2000) { random in
      let (one, other) = (random.version(), random.version())
      let merged = one.merged(with: other)
      for call in [one, other] {
        try #require(call.known.isSubset(of: merged.known), "\(one)\n\(other)")
        try #require(call.status?.isFinal != true || merged.status?.isFinal == true, "\(one)\n\(other)")
      }
      // Nothing is made up either.
      try #require(merged.known == one.known.union(other.known), "\(one)\n\(other)")
    }
  }

  @Test("The versions of a call's life come to the call as it is now, in any order and repeated")
  func lifeInAnyOrder() throws {
    try forEachSeed(30) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: 60)
      month.correct(&random)
      for life in month.lives {
        let now = try #require(life.last)
        var arrivals = life + life.filter { _ in random.chance(30) }
        arrivals.shuffle(using: &random)
        let merged = arrivals.dropFirst().reduce(arrivals[0]) { $0.merged(with: $1) }
        try #require(merged == now, "\(arrivals)")
      }
    }
  }

  @Test("Groups of versions may be merged before they meet")
  func lifeInGroups() throws {
    try forEachSeed(30) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: 60)
      month.correct(&random)
      for life in month.lives {
        var calls = life.shuffled(using: &random)
        while calls.count > 1 {
          let one = calls.remove(at: random.number(in: 0...calls.count - 1))
          let place = random.number(in: 0...calls.count - 1)
          calls[place] = calls[place].merged(with: one)
        }
        try #require(calls.first == life.last, "\(life)")
      }
    }
  }
}

extension SeededRandom {
  /// A version of one call that knows anything or nothing, with few values, so that equal ones occur.
  fileprivate mutating func version() -> Call {
    func time(_ random: inout SeededRandom) -> Timestamp? {
      random.chance(30) ? nil : Timestamp(seconds: Int64(random.number(in: 1...3)))
    }
    return Call(
      sid: makeSID(1), from: one(of: nil, "", "+34910000001", "+34910000002"),
      to: one(of: nil, "", "+34600000022", "client:ana"),
      direction: one(of: nil, .outboundAPI, .trunkingOriginating, .other("new")),
      status: one(of: nil, .queued, .ringing, .inProgress, .completed, .busy, .other("new")),
      duration: one(of: nil, 0, 1, 2), startTime: time(&self), endTime: time(&self), dateCreated: time(&self),
      dateUpdated: time(&self), price: one(of: nil, Price("-1"), Price("-2")),
      priceUnit: one(of: nil, "", "USD", "EUR"))
  }
}

extension Call {
  /// The names of the fields that are neither missing nor empty.
  fileprivate var known: Set<String> {
    let fields: [(String, Bool)] = [
      ("from", from?.isEmpty == false), ("to", to?.isEmpty == false), ("direction", direction != nil),
      ("status", status != nil), ("duration", duration != nil), ("startTime", startTime != nil),
      ("endTime", endTime != nil), ("dateCreated", dateCreated != nil), ("dateUpdated", dateUpdated != nil),
      ("price", price != nil), ("priceUnit", priceUnit?.isEmpty == false),
    ]
    return Set(fields.filter(\.1).map(\.0))
  }
}
