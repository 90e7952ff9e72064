import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("Calls that an older program stored")
struct OlderCallsTests {
  @Test("Are taken in before anything is read, in batches, as calls that Twilio was not asked for")
  func first() async throws {
    let older = (1...1200).map { makeCompleted($0, startedAt: at("08:00")) }
    let bench = EngineBench {
      $0.older = older
      $0.calls = [makeCompleted(2000, startedAt: at("11:30"))]
    }
    let run = try await bench.run().get()
    let pages = bench.notes.pages
    #expect(pages.map(\.calls.count) == [1000, 200, 1])
    #expect(pages.prefix(2).flatMap(\.calls) == older)
    #expect(pages.prefix(2).allSatisfy { $0.readAt == .epoch && $0.marks.isEmpty && !$0.isReread })
    #expect(run.counts.totalCalls == 1)
    #expect(run.counts.refreshedCalls == 1200)
    #expect(run.counts.twilioRequests == 2)
  }

  @Test("Of those that are older than two weeks, or have no time, Twilio is not asked again")
  func old() async throws {
    let start = at("12:00").adding(hours: -14 * 24)
    var timeless = makeCompleted(3, startedAt: start)
    timeless.startTime = nil
    timeless.dateCreated = nil
    let bench = EngineBench {
      $0.older = [
        makeCompleted(1, startedAt: start.adding(seconds: 1)), makeCompleted(2, startedAt: start), timeless,
      ]
    }
    _ = try await bench.run().get()
    let pages = bench.notes.pages.prefix(2)
    #expect(pages.map { $0.calls.map(\.sid) } == [[makeSID(1)], [makeSID(2), makeSID(3)]])
    #expect(pages.map(\.isReread) == [false, true] && pages.allSatisfy { $0.readAt == .epoch })
  }

  @Test("When they cannot be committed the run ends before it asks Twilio")
  func failure() async throws {
    let bench = EngineBench {
      $0.older = [makeCompleted(1, startedAt: at("08:00"))]
      $0.onCommit = { _ throws(RunFailure) in
        throw RunFailure(.database(.unreachable), "La base de datos no responde.")
      }
    }
    let outcome = try await bench.run()
    #expect(
      outcome
        == .failure(RunFailure(.database(.unreachable), "La base de datos no responde.", runID: RunID(7))))
    #expect(bench.notes.requestCount == 0)
  }
}
