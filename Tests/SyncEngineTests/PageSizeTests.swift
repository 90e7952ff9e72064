import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("Pages that are too large for Twilio")
struct PageSizeTests {
  private func run(failing mostPerPage: Int, with fault: TwilioFault) async throws -> EngineBench {
    let bench = EngineBench { script in
      script.calls = [makeCompleted(1, startedAt: at("11:30"))]
      script.onList = { query throws(RunFailure) in
        if query.pageSize > mostPerPage { throw RunFailure(.twilio(fault), "zu groß") }
      }
    }
    _ = try await bench.run()
    return bench
  }

  @Test(
    "After two failed attempts the pages become smaller, for the rest of the run", arguments: [50, 200, 999])
  func smaller(most: Int) async throws {
    let bench = try await run(failing: most, with: .transient)
    #expect(bench.notes.finished.map(\.state) == [.succeeded])
    let sizes = bench.notes.requests.map(\.pageSize)
    #expect(sizes == (most == 50 ? [1000, 1000, 200, 200, 50, 50] : [1000, 1000, 200, 200]))
  }

  @Test(
    "What is refused for another reason is asked for as it was", arguments: [TwilioFault.throttled, .refused])
  func otherReasons(fault: TwilioFault) async throws {
    let bench = try await run(failing: 0, with: fault)
    #expect(bench.notes.requests.allSatisfy { $0.pageSize == 1000 })
  }
}
