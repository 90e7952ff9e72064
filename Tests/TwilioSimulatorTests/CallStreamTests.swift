import CallDomain
import Testing
import TwilioSimulator

@Suite struct CallStreamTests {
  private func makeSimulation(cacheBytes: Int, lag: Int, seed: UInt64) throws -> Simulation {
    var configuration = makeConfiguration(scenario: .steady, seed: seed)
    configuration.cacheBytes = cacheBytes
    configuration.options.lagSeconds = lag
    return try Simulation(configuration)
  }

  @Test("Kept calls equal freshly made ones wherever the clock goes", arguments: [0, 45] as [Int])
  func keptEqualsFresh(lag: Int) throws {
    let seed = testSeed()
    var random = SeededRandom(seed: seed)
    let keeping = try makeSimulation(cacheBytes: 2_000_000, lag: lag, seed: seed)
    let fresh = try makeSimulation(cacheBytes: 0, lag: lag, seed: seed)
    var uris = [
      "PageSize=20", "StartTime%3E=2026-03-01T11:30:00Z&PageSize=30",
      "EndTime%3C=2026-03-01T12:00:30Z&PageSize=10",
      "StartTime%3C=2026-03-01T12:00:40Z&PageSize=10", "Status=ringing&StartTime%3E=2026-03-01T11:50:00Z",
    ].map { "\(listPath)?\($0)" }
    for _ in 0..<40 {
      let now = noon.adding(seconds: random.within(-60...240))
      keeping.setClock(.fixed(now))
      fresh.setClock(.fixed(now))
      for _ in 0..<3 {
        let uri = random.pick(uris)
        let page = try keeping.get(uri)
        #expect(try page.body == fresh.get(uri).body, "TEST_SEED=\(seed) \(uri) at \(now.iso8601)")
        for link in [page.next, page.previous].compactMap({ $0 }) where uris.count < 25 { uris.append(link) }
      }
    }
  }

  @Test("Kept calls are written anew when their empty fields shall look otherwise, and after a reset")
  func styles() throws {
    let simulation = try Simulation(makeConfiguration(scenario: .history))
    let real = try simulation.list("PageSize=1000").body
    var options = simulation.options
    options.emptyFields = .documented
    simulation.options = options
    let documented = try simulation.list("PageSize=1000").body
    #expect(documented != real)
    #expect(
      try Simulation(makeConfiguration(scenario: .history, options: options)).list("PageSize=1000").body
        == documented)
    simulation.reset()
    #expect(try simulation.list("PageSize=1000").body == real)
  }
}
