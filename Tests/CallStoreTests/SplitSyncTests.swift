import CallDomain
import CallStore
import Postgres
import TestSupport
import Testing

@Suite("Page commits to a pooler that finds each Sync at the beginning of what it reads")
struct SplitSyncTests {
  // Where Supavisor before 2.10.0 loses count of the statements (Deployment.md, "Supabase").
  @Test("Months come in through several writers at once, and the table equals one pass over all of it")
  func months() async throws {
    try await forEachSeed(3) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: random.number(in: 120...300))
      let plan = IntakePlan(month, disturbed: 0, random: &random)
      let cluster = try await PostgresCluster.shared()
      try await cluster.withDatabase(template: .migrated) { database in
        let pool = database.pool(direct: true)
        month.directory = try await pool.fillDirectory(month.directory)
        if plan.hasRefusals { try await pool.run(IntakeRefusals.constraint) }
        let splitter = try await cluster.syncSplitter()
        defer { splitter.close() }
        let store = CallStore(pool: database.pool(through: splitter), defaultWorkspace: WorkspaceID(1))
        let fence = try await store.begin(.hourly, now: at("12:00"))
        try await withThrowingTaskGroup { group in
          for runs in plan.writers {
            group.addTask {
              for step in runs.joined() { _ = try await store.commit(step.page, fence: fence) }
            }
          }
          try await group.waitForAll()
        }
        for page in plan.lastPages { _ = try await store.commit(page, fence: fence) }
        try await IntakeComparison(month, plan).requireEqual(on: pool)
        let pages = plan.writers.joined().joined().count + plan.lastPages.count
        try #require(splitter.splits > pages)
      }
    }
  }
}
