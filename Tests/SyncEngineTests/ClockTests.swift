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

  @Test("A run that began before the clock was put back by more fails, too: its period ends in the future")
  func putBack() async throws {
    for (seconds, state) in [(300, RunState.succeeded), (301, .failed), (7200, .failed)] {
      let bench = EngineBench { $0.putBack = seconds }
      let outcome = try await bench.run()
      #expect(bench.notes.finished.map(\.state) == [state])
      if case .failure(let failure) = outcome { #expect(failure.message.contains("\(seconds) segundos")) }
      #expect(bench.notes.pages.flatMap(\.marks).isEmpty == (state == .failed))
      #expect(warnings(bench).isEmpty)
    }
  }

  @Test(
    "A clock that was put forward meanwhile harms nothing: what the run leaves out is read by the next one")
  func putForward() async throws {
    let bench = EngineBench { $0.putBack = -7200 }
    #expect(try await bench.run().get().state == .succeeded)
    #expect(bench.notes.pages.flatMap(\.marks) == [.coveredUntil(at("12:00"))])
  }
}
