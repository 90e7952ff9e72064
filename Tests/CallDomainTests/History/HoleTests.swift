import CallDomain
import TestSupport
import Testing

@Suite("Holes after a resync")
struct HoleTests {
  /// A period of days of October 2025.
  private func days(_ first: Int, _ end: Int) -> Period {
    let start = makeTime("2025-10-01T00:00:00Z")
    return Period(start: start.adding(hours: 24 * (first - 1)), end: start.adding(hours: 24 * (end - 1)))
  }

  @Test("A hole that was read is gone; of one that was read in part the rest stays")
  func filled() {
    let holes = [Hole(days(2, 4)), Hole(days(5, 10)), Hole(days(20, 25))]
    let change = HoleChange(holes, asked: days(1, 7), read: days(1, 7), takenIn: [])
    #expect(change.removed == [Hole(days(2, 4)), Hole(days(5, 10))])
    #expect(change.added == [Hole(days(7, 10))] && change.lost.isEmpty)
    let middle = HoleChange([Hole(days(5, 10))], asked: days(6, 7), read: days(6, 7), takenIn: [])
    #expect(middle.added == [Hole(days(5, 6)), Hole(days(7, 10))])
  }

  @Test("A resync that read all it was asked for loses nothing, whatever nobody has read before it")
  func complete() {
    let change = HoleChange([], asked: days(5, 10), read: days(5, 10), takenIn: [])
    #expect(change.removed.isEmpty && change.added.isEmpty && change.lost.isEmpty)
  }

  @Test("What Twilio no longer keeps is lost but for what was taken in, and joined where it meets")
  func lost() {
    let change = HoleChange(
      [Hole(days(4, 6))], asked: days(1, 20), read: days(10, 20), takenIn: [days(3, 15)])
    #expect(change.lost == [days(1, 3), days(4, 6)])
    #expect(change.removed == [Hole(days(4, 6))])
    let meeting = HoleChange(
      [Hole(days(3, 5))], asked: days(1, 20), read: days(10, 20), takenIn: [days(3, 15)])
    #expect(meeting.lost == [days(1, 5)] && meeting.added == [Hole(days(1, 5), isLost: true)])
  }

  @Test("What is known to be lost is not told again, and a later resync that reads it fills it")
  func knownLost() {
    let known = [Hole(days(1, 5), isLost: true)]
    let again = HoleChange(known, asked: days(1, 20), read: days(5, 20), takenIn: [days(5, 20)])
    #expect(again.removed.isEmpty && again.added.isEmpty && again.lost.isEmpty)
    let read = HoleChange(known, asked: days(3, 20), read: days(3, 20), takenIn: [])
    #expect(read.removed == known && read.added == [Hole(days(1, 3), isLost: true)])
  }

  @Test("Of a closed period of which nothing is kept all is lost that nobody took in")
  func nothingKept() {
    let change = HoleChange([], asked: days(1, 5), read: days(5, 5), takenIn: [days(2, 3)])
    #expect(change.lost == [days(1, 2), days(3, 5)])
  }

  /// Day by day: a hole, lost, or neither.
  private enum Day: Equatable { case none, hole, lost }

  @Test("After any resync every day is a hole, lost or neither as the plain model of days has it")
  func model() throws {
    try forEachSeed(200) { random in
      func period() -> Period {
        let first = random.number(in: 1...30)
        return days(first, random.number(in: first...31))
      }
      var holes: [Hole] = []
      var model = Array(repeating: Day.none, count: 31)
      for _ in 0..<random.number(in: 0...4) {
        let hole = Hole(period(), isLost: random.chance(30))
        guard hole.period.start < hole.period.end, !holes.contains(where: { overlap($0.period, hole.period) })
        else { continue }
        holes.append(hole)
        for day in days(in: hole.period) { model[day] = hole.isLost ? .lost : .hole }
      }
      let takenIn = (0..<random.number(in: 0...3)).map { _ in period() }
      let asked = period()
      let read = Period(
        start: asked.start.adding(hours: 24 * random.number(in: 0...days(in: asked).count)), end: asked.end)
      for day in days(in: asked) {
        if days(in: read).contains(day) {
          model[day] = .none
        } else if model[day] == .hole || !takenIn.contains(where: { days(in: $0).contains(day) }) {
          model[day] = .lost
        }
      }
      let change = HoleChange(holes, asked: asked, read: read, takenIn: takenIn)
      let after = holes.filter { !change.removed.contains($0) } + change.added
      var found = Array(repeating: Day.none, count: 31)
      for hole in after {
        for day in days(in: hole.period) {
          try #require(found[day] == .none, "two holes of one day")
          found[day] = hole.isLost ? .lost : .hole
        }
      }
      try #require(found == model)
    }
  }

  private func overlap(_ left: Period, _ right: Period) -> Bool {
    left.start < right.end && right.start < left.end
  }

  /// The days of October in a period, from 0.
  private func days(in period: Period) -> Range<Int> {
    let start = makeTime("2025-10-01T00:00:00Z")
    func day(_ moment: Timestamp) -> Int { Int(moment.milliseconds(since: start) / 86_400_000) }
    return day(period.start)..<day(period.end)
  }
}
