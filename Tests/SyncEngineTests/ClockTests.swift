import CallDomain
import SyncEngine
import Testing

@Suite("Our clock held against Twilio's")
struct ClockTests {
  private func warnings(_ bench: EngineBench) -> [SyncEvent] {
    bench.notes.events.filter { if case .clockOff = $0 { true } else { false } }
  }

  @Test("Up to a minute apart nothing is said", arguments: [nil, 0, 60, -60])
  func close(skew: Int?) async throws {
    let bench = EngineBench { $0.skew = skew }
    _ = try await bench.run().get()
    #expect(warnings(bench).isEmpty)
  }

  @Test("Up to five minutes apart there is one warning", arguments: [61, -61, 300, -300])
  func warns(skew: Int) async throws {
    let bench = EngineBench { $0.skew = skew }
    _ = try await bench.run().get()
    #expect(warnings(bench) == [.clockOff(seconds: -skew)])
  }

  @Test(
    "Farther apart the run fails before any commit, and asks no second time", arguments: [301, -301, 86_400])
  func fails(skew: Int) async throws {
    let bench = EngineBench {
      $0.skew = skew
      $0.calls = [makeCompleted(1, startedAt: at("11:30"))]
    }
    guard case .failure(let failure) = try await bench.run() else {
      Issue.record("the run succeeded")
      return
    }
    #expect(failure.message.contains("reloj"))
    #expect(failure.message.contains("\(abs(skew)) segundos"))
    #expect(bench.notes.commitAttempts == 0)
    #expect(bench.notes.requestCount == 1)
    #expect(bench.notes.finished.map(\.state) == [.failed])
  }
}
