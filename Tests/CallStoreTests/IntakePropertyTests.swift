import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("However a month comes in, the table equals one pass over all of it")
struct IntakePropertyTests {
  @Test(
    "Hourly runs in any order, again and again, through several writers, killed between any two statements")
  func equalsOnePass() async throws {
    try await forEachSeed(12) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 120...300))
      let plan = IntakePlan(month, random: &random)
      try await PostgresCluster.shared().withDatabase(template: .migrated) { database in
        let pool = database.pool()
        let directory = try await pool.fillDirectory(month.directory)
        try await commit(plan, on: database)
        var expected = month
        expected.directory = directory
        try await IntakeComparison(expected, coveredUntil: plan.coveredUntil).requireEqual(on: pool)
      }
    }
  }

  private func commit(_ plan: IntakePlan, on database: PostgresTestDatabase) async throws {
    let killer = database.pool { $0.applicationName = "killer" }
    let store = CallStore(pool: database.servicePool(), defaultWorkspace: WorkspaceID(1))
    var fences: [RunFence] = []
    for kind in RunKind.allCases {
      fences.append(try await store.begin(kind, requestedBy: "test", now: at("12:00")))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, runs) in plan.writers.enumerated() {
        let cutter = try database.cutter()
        let writer = IntakeWriter(
          store: CallStore(pool: database.pool(through: cutter), defaultWorkspace: WorkspaceID(1)),
          // Writers four and five share a run with others.
          fence: fences[number % fences.count], cutter: cutter, killer: killer)
        group.addTask {
          defer { cutter.close() }
          for run in runs { try await writer.commit(run) }
        }
      }
      try await group.waitForAll()
    }
  }
}
