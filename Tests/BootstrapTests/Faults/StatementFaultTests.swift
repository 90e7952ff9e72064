import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A connection to the database that ends at any statement of a run", .timeLimit(.minutes(60)))
struct StatementFaultTests {
  @Test(
    "Whole pages only, a sentence, and the next run makes up for it; once cut, and for good",
    arguments: [false, true])
  func everyStatement(forGood: Bool) async throws {
    let seed = ChaosProfile.seed()
    var random = TestSupport.SeededRandom(seed: seed)
    try await withInstallation(simulator: FaultSite.simulator) { installation in
      let site = try await FaultSite(installation, seed: seed)
      var counter = FaultTally()
      var statements = 0
      try await site.round("no fault", isHarmless: true, blaming: [.database], &counter) { installation in
        let cutter = try installation.database.cutter()
        var way = FaultyWay(installation)
        way.database = cutter.port
        return Obstacle(
          way: way, hasStruck: { false },
          end: {
            statements = cutter.passed
            cutter.close()
          })
      }
      for statement in FaultProfile.places(among: statements, some: 5, many: statements, &random) {
        try await site.round("cut after statement \(statement)", blaming: [.database], &counter) {
          installation in
          let cutter = try installation.database.cutter()
          cutter.cut(afterStatements: statement, forGood: forGood)
          var way = FaultyWay(installation)
          way.database = cutter.port
          return Obstacle(way: way, hasStruck: { cutter.mend() }, end: { cutter.close() })
        }
      }
      print("cut\(forGood ? " for good" : ""): seed \(seed), of \(statements) statements: \(counter)")
      #expect(counter.struck == counter.rounds - 1)
    }
  }
}
