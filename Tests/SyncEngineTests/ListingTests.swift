import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

@Suite("Listings that do not end")
struct ListingTests {
  /// How a list misbehaves behind its last page of three, which has one call a page.
  enum Shape: String, CaseIterable, Sendable {
    case itself, twoPages, allPages, neverFull

    func next(_ listing: Int, after pages: Int) -> String {
      switch self {
      case .itself: "\(listing) 2"
      case .twoPages: "\(listing) 1"
      case .allPages: "\(listing) 0"
      case .neverFull: "\(listing) 3 \(pages)"
      }
    }
  }

  private static let calls = (1...3).map { makeCompleted($0, startedAt: at("11:3\($0)")) }

  @Test(
    "An hourly run whose list has no end fails with a sentence, has stored what it read, and covers nothing",
    arguments: Shape.allCases, [0, 1])
  func hourly(shape: Shape, endless: Int) async throws {
    let pages = Mutex(0)
    let bench = EngineBench {
      $0.calls = Self.calls
      $0.pageSize = 1
      $0.afterLast = { listing in
        guard listing == endless else { return nil }
        return shape.next(
          listing,
          after: pages.withLock { pages in
            pages += 1
            return pages
          })
      }
    }
    let outcome = try await bench.run()
    guard case .failure(let failure) = outcome else {
      Issue.record("it succeeded")
      return
    }
    #expect(failure.code == .twilio && failure.message.contains("La lista de llamadas de Twilio no acaba"))
    let marks = bench.notes.pages.flatMap(\.marks)
    #expect(!marks.contains { if case .coveredUntil = $0 { true } else { false } })
    // The list by end is kept for the one by start, which was not reached.
    let stored = Set(bench.notes.pages.flatMap(\.calls).map(\.sid))
    #expect(stored == (endless == 0 ? [] : Set(Self.calls.map(\.sid))))
    #expect(bench.notes.requestCount <= (shape == .neverFull ? 10_010 : 10))
    #expect(bench.notes.finished.map(\.state) == [.failed])
  }

  @Test("A list of six hundred pages is no list without end, and each call is counted once")
  func long() async throws {
    let calls = (1...600).map { makeCompleted($0, startedAt: at("11:00").adding(seconds: $0 * 5)) }
    let bench = EngineBench {
      $0.calls = calls
      $0.pageSize = 1
    }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 600 && run.counts.twilioRequests == 1200)
  }

  @Test("What ended in the window is not gathered without bound: beyond ten pages it is stored as it comes")
  func gathered() async throws {
    let calls = (1...10_600).map {
      // Every tenth began before the window.
      makeCall(
        makeSID($0), startTime: at($0 % 10 == 0 ? "10:00" : "11:00"), endTime: at("11:30"),
        dateUpdated: at("11:30"))
    }
    let bench = EngineBench { $0.calls = calls }
    let run = try await bench.run().get()
    #expect(run.counts.totalCalls == 9540 && run.counts.savedCalls == 9540)
    #expect(run.counts.refreshedCalls == 1060)
    #expect(Set(bench.notes.pages.flatMap(\.calls).map(\.sid)).count == 10_600)
    #expect(bench.notes.pages.allSatisfy { $0.calls.count <= 1000 })
    #expect(bench.notes.pages.flatMap(\.marks) == [.coveredUntil(at("12:00"))])
    #expect(bench.notes.pages.last?.marks == [.coveredUntil(at("12:00"))])
  }

  @Test("A hole is recorded with the first commit, also where that one comes before the listing by start")
  func holeFirst() async throws {
    let bench = EngineBench {
      $0.calls = (1...10_100).map {
        makeCall(makeSID($0), startTime: at("11:00"), endTime: at("11:30"), dateUpdated: at("11:30"))
      }
      $0.settings.maxCatchUpHours = 5
      $0.coverage = Coverage(
        coveredUntil: makeTime("2026-02-01T00:00:00Z"), newestCall: nil, listedNumbers: 17)
    }
    _ = try await bench.run().get()
    let marks = bench.notes.pages.map(\.marks)
    #expect(marks.first?.count == 1 && marks.dropFirst().dropLast().allSatisfy(\.isEmpty))
    #expect(
      marks.first == [
        .gap(Period(start: makeTime("2026-01-31T23:45:00Z"), end: at("07:00")))
      ])
  }

  @Test(
    "A resync whose list has no end fails, and the slice stays open where it was",
    arguments: Shape.allCases)
  func historical(shape: Shape) async throws {
    let pages = Mutex(0)
    let bench = HistoryBench {
      $0.settings.workers = 1
      $0.calls = (1...3).map { makeCompleted($0, startedAt: at("11:3\($0)")) }
      $0.pageSize = 1
      $0.afterLast = { listing in
        shape.next(
          listing,
          after: pages.withLock { pages in
            pages += 1
            return pages
          })
      }
    }
    for _ in 0..<2 {
      let before = bench.notes.requestCount
      let outcome = try await bench.run(since: at("11:00"))
      guard case .failure(let failure) = outcome else {
        Issue.record("it succeeded")
        return
      }
      #expect(failure.code == .twilio && failure.message.contains("no acaba"))
      #expect(bench.notes.requestCount - before <= (shape == .neverFull ? 10_010 : 12))
      #expect(bench.notes.closed.isEmpty && bench.notes.progress?.open.count == 1)
    }
    #expect(Set(bench.notes.stored.keys) == Set((1...3).map(makeSID)))
  }
}
