import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("However a month comes in, the table equals one pass over all of it")
struct IntakePropertyTests {
  @Test(
    "Hourly runs in any order, again and again, through several writers, killed between any two statements, of calls that Twilio corrects and pages and rows that the table refuses"
  )
  func equalsOnePass() async throws {
    var refusals: [Int] = []
    try await forEachSeed(12) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: random.number(in: 120...300))
      if random.chance(75) { month.correct(&random) }
      // Where the last version is refused, one of no case before it counts only if a row was there when it came.
      month.lives = month.lives.map { life in
        life.last.map(IntakeRefusals.refuses) == true ? life.filter { $0.attributionCase != nil } : life
      }
      let plan = IntakePlan(month, random: &random)
      refusals.append(
        try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
          let pool = database.pool()
          var expected = month
          expected.directory = try await pool.fillDirectory(month.directory)
          if plan.hasRefusals { try await pool.run(IntakeRefusals.constraint) }
          let refusedPages = try await commit(plan, on: database)
          try await IntakeComparison(expected, plan).requireEqual(on: pool)
          return refusedPages
        })
    }
    print("pages refused as a whole, by month: \(refusals)")
  }

  /// - Returns: How many pages were refused as a whole.
  private func commit(_ plan: IntakePlan, on database: PostgresTestDatabase) async throws -> Int {
    let killer = database.pool { $0.applicationName = "killer" }
    let store = CallStore(pool: database.servicePool(), defaultWorkspace: WorkspaceID(1))
    var fences: [RunFence] = []
    for kind in RunKind.allCases {
      fences.append(try await store.begin(kind, requestedBy: "test", now: at("12:00")))
    }
    let refusedPages = try await withThrowingTaskGroup(of: Int.self) { group in
      for (number, runs) in plan.writers.enumerated() {
        let cutter = try database.cutter()
        let writer = IntakeWriter(
          store: CallStore(pool: database.pool(through: cutter), defaultWorkspace: WorkspaceID(1)),
          // Writers four and five share a run with others.
          fence: fences[number % fences.count], cutter: cutter, killer: killer)
        group.addTask {
          defer { cutter.close() }
          var refusedPages = 0
          for run in runs { refusedPages += try await writer.commit(run) }
          return refusedPages
        }
      }
      var refusedPages = 0
      for try await count in group { refusedPages += count }
      return refusedPages
    }
    for page in plan.lastPages { _ = try await store.commit(page, fence: fences[0]) }
    return refusedPages
  }
}
