import Postgres
import TestSupport
import Testing

@Suite("PostgresValue", .keepsFailedDatabases)
struct PostgresValueTests {
  @Test("The cluster answers")
  func clusterAnswers() async throws {
    try await PostgresCluster.shared().withDatabase { database in
      let one = try await database.pool().read(PostgresStatement("SELECT 1"))
      #expect(try one.rows[0].int(0) == 1)
    }
  }
}
