import CallDomain
import TestSupport
import Testing

/// The property tests are worth as much as the months that they are run on.
@Suite("CallGenerator")
struct CallGeneratorTests {
  @Test("The same seed makes the same month")
  func repeatable() throws {
    try forEachSeed(5) { random in
      var (one, other) = (CallGenerator(random: random), CallGenerator(random: random))
      let (first, second) = (one.month(calls: 40), other.month(calls: 40))
      try #require(first.lives == second.lives && first.directory == second.directory)
    }
  }

  @Test("A life never forgets, never goes back in time and never opens again")
  func monotone() throws {
    try forEachSeed(10) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: 100)
      try #require(Set(month.calls.map(\.sid)).count == 100)
      for life in month.lives {
        for (call, later) in zip(life, life.dropFirst()) {
          try #require(call.dateUpdated.flatMap { old in later.dateUpdated.map { old <= $0 } } == true)
          try #require(call.status?.isFinal != true || later.status?.isFinal == true)
          try #require(call.endTime == nil || later.endTime == call.endTime)
          try #require(call.price == nil || later.price == call.price)
          try #require((call.from, call.to) == (later.from, later.to))
        }
      }
    }
  }

  @Test("Every shape that decides something occurs")
  func shapes() {
    var generator = CallGenerator(random: SeededRandom(seed: 20))
    let months = (0..<20).map { _ in generator.month(calls: 120) }
    let lives = months.flatMap(\.lives)
    let calls = months.flatMap(\.calls)
    for word in ["outbound-api", "trunking-terminating", "trunking-originating", "inbound", "outbound-dial"] {
      #expect(calls.contains { $0.direction?.text == word }, "\(word)")
    }
    for word in ["queued", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"] {
      #expect(lives.joined().contains { $0.status?.text == word }, "\(word)")
    }
    #expect(
      calls.contains { $0.direction?.attributionCase == nil && $0.direction?.text.contains("-leg") == true })
    #expect(calls.contains { $0.attributionCase == .outboundAPI && $0.ownNumber == nil })
    #expect(calls.contains { $0.attributionCase == .transfer && $0.leadNumber == nil })
    #expect(calls.contains { $0.isUnsettled } && calls.contains { !$0.isUnsettled })
    #expect(lives.contains { zip($0, $0.dropFirst()).contains { $0.dateUpdated == $1.dateUpdated } })
    let expected = months.map(\.expected)
    #expect(expected.contains { !$0.createdPhones.isEmpty })
    #expect(expected.contains { $0.adoptedRows.contains { $0.count > 1 } })
    #expect(Set(expected.flatMap { $0.rows.values.map(\.workspace) }).count >= 4)
  }

  @Test(
    "In a corrected month calls come to each case and to none, and two versions of one second differ in each text"
  )
  func corrections() {
    var random = SeededRandom(seed: 22)
    var generator = CallGenerator(random: random)
    let lives: [[Call]] = (0..<20).flatMap { _ in
      var month = generator.month(calls: 120)
      month.correct(&random)
      return month.lives
    }
    let cases: [AttributionCase?] = [.outboundAPI, .trunkingTerminating, .transfer, nil]
    let turns = Set(lives.map { life in [life.first?.attributionCase, life.last?.attributionCase] })
    for old in cases {
      for new in cases where old != new {
        // A transfer's row, were it of no case then, would keep a workspace that depends on when it was decided.
        #expect(turns.contains([old, new]) == (old != .transfer || new != nil), "\([old, new])")
      }
    }
    let texts: [KeyPath<Call, String?>] = [\.price?.text, \.status?.text, \.direction?.text, \.from, \.to]
    for text in texts {
      let rivals = lives.filter { life in
        guard life.count > 1, let call = life.last else { return false }
        let rival = life[life.count - 2]
        guard let lesser = rival[keyPath: text], let greater = call[keyPath: text] else { return false }
        return rival.dateUpdated == call.dateUpdated && lesser < greater
          && rival.status?.isFinal == true && call.status?.isFinal == true
      }
      #expect(rivals.count > 10)
    }
  }

  @Test("Transfers have candidates minutes, hours and weeks away, on both sides, and at equal distances")
  func ties() {
    var generator = CallGenerator(random: SeededRandom(seed: 21))
    var (bothSides, sameTime, equalDistance, none) = (0, 0, 0, 0)
    var nearestHours: [Int64] = []
    for month in (0..<60).map({ _ in generator.month(calls: 120) }) {
      for transfer in month.calls where transfer.attributionCase == .transfer && transfer.leadNumber != nil {
        let distances = month.calls.filter {
          $0.ownNumber != nil && $0.leadNumber == transfer.leadNumber
        }.map { $0.effectiveTime.milliseconds(since: transfer.effectiveTime) }
        guard let nearest = distances.map({ abs($0) }).min() else {
          none += 1
          continue
        }
        nearestHours.append(nearest / 3_600_000)
        if distances.contains(where: { $0 < 0 }), distances.contains(where: { $0 > 0 }) { bothSides += 1 }
        if distances.filter({ $0 == nearest }).count > 1 { sameTime += 1 }
        if nearest != 0, distances.contains(nearest), distances.contains(-nearest) { equalDistance += 1 }
      }
    }
    #expect(bothSides > 100)
    #expect(sameTime > 10)
    #expect(equalDistance > 10)
    #expect(none > 0)
    #expect(nearestHours.contains(0) && nearestHours.contains { 2...24 ~= $0 })
    #expect(nearestHours.contains { $0 > 14 * 24 })
  }
}
