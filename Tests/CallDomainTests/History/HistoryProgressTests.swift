import CallDomain
import TestSupport
import Testing

@Suite("HistoryProgress")
struct HistoryProgressTests {
  private func part(
    _ number: Int, _ start: String, _ end: String, isDone: Bool = false, calls: Int = 0, next: String? = nil
  ) -> HistoryProgress.Part {
    var counts = RunCounts()
    counts.totalCalls = calls
    counts.createdPhones = number
    let period = Period(start: makeTime(start + "T00:00:00Z"), end: makeTime(end + "T00:00:00Z"))
    return HistoryProgress.Part(
      slice: HistorySlice(number: number, period: period, next: next), isDone: isDone, counts: counts)
  }

  @Test("A new resync has one slice: all of it")
  func beginning() {
    let period = Period(start: makeTime("2025-08-01T00:00:00Z"), end: makeTime("2025-10-01T12:00:00Z"))
    let progress = HistoryProgress(beginning: period)
    #expect(progress.open == [HistorySlice(number: 1, period: period)])
    #expect(progress.period == period && progress.nextNumber == 2 && !progress.isContinued)
    #expect(progress.counts == RunCounts() && progress.slicesDone == 0)
  }

  @Test("What is open is read newest first; what is done counts")
  func open() {
    let progress = HistoryProgress(
      parts: [
        part(2, "2025-08-01", "2025-08-10", calls: 5, next: "p"),
        part(3, "2025-08-10", "2025-08-20", isDone: true, calls: 7), part(5, "2025-08-20", "2025-08-30"),
      ], isContinued: true)
    #expect(progress.open.map(\.number) == [5, 2])
    #expect(progress.slicesDone == 1 && progress.counts.totalCalls == 12 && progress.nextNumber == 6)
  }

  @Test("Extended, the slices of the last 48 hours give way to one up to now, and their calls count anew")
  func extended() {
    var progress = HistoryProgress(
      parts: [
        part(2, "2025-08-01", "2025-08-10", isDone: true, calls: 5),
        part(3, "2025-08-10", "2025-08-29", isDone: true, calls: 7),
        part(5, "2025-08-29", "2025-08-30", isDone: true, calls: 9),
      ], isContinued: true)
    progress.parts[0].redecided = [makeSID(1)]
    progress.parts[1].redecided = [makeSID(1), makeSID(2)]
    progress.parts[2].redecided = [makeSID(2), makeSID(3)]
    let extended = progress.extended(to: makeTime("2025-09-03T09:00:00Z"))
    #expect(extended.parts.map(\.slice.number) == [2, 6])
    #expect(
      extended.open.map(\.period)
        == [Period(start: makeTime("2025-08-10T00:00:00Z"), end: makeTime("2025-09-03T09:00:00Z"))])
    #expect(extended.counts.totalCalls == 5)
    // Numbers that were created are not created again; a transfer that several slices decided anew counts once.
    #expect(extended.counts.createdPhones == 10 && extended.counts.refreshedCalls == 3)
    #expect(extended.isContinued)
  }

  @Test("A slice that ends 48 hours before the earlier end or sooner stays")
  func threshold() {
    let progress = HistoryProgress(
      parts: [
        part(1, "2025-08-01", "2025-08-28", isDone: true), part(2, "2025-08-28", "2025-08-30", isDone: true),
      ], isContinued: true)
    #expect(progress.extended(to: makeTime("2025-09-01T00:00:00Z")).parts.map(\.slice.number) == [1, 3])
  }

  @Test("A clock that went back extends nothing")
  func clockBack() {
    let progress = HistoryProgress(parts: [part(1, "2025-08-01", "2025-08-28")], isContinued: true)
    #expect(progress.extended(to: makeTime("2025-08-28T00:00:00Z")) == progress)
    #expect(progress.extended(to: makeTime("2025-08-20T00:00:00Z")) == progress)
  }

  @Test("However often and wherever it is extended, slices tile the history from its start to now")
  func tiles() throws {
    try forEachSeed(100) { random in
      var now = makeTime("2025-08-05T00:00:00Z")
      let start = makeTime("2025-08-01T00:00:00Z")
      var progress = HistoryProgress(beginning: Period(start: start, end: now))
      for _ in 0..<6 {
        if let slice = progress.open.first,
          let parts = SlicePlan(workers: 3).parts(of: slice.period, pages: 20, others: 0)
        {
          let number = progress.nextNumber
          progress.parts.removeAll { $0.slice.number == slice.number }
          for (offset, period) in parts.enumerated() {
            let isDone = random.chance(50)
            progress.parts.append(
              .init(slice: HistorySlice(number: number + offset, period: period), isDone: isDone))
          }
        }
        now = now.adding(hours: random.number(in: 1...400))
        progress = progress.extended(to: now)
        let periods = progress.parts.map(\.slice.period).sorted { $0.start < $1.start }
        try #require(periods.first?.start == start && periods.last?.end == now)
        for (older, newer) in zip(periods, periods.dropFirst()) { try #require(older.end == newer.start) }
        let numbers = Set(progress.parts.map(\.slice.number))
        try #require(numbers.count == progress.parts.count)
      }
    }
  }
}
