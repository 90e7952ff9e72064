package import CallDomain
import Postgres

extension CallStore {
  /// Whether several connections at once get the answers to their own statements, which a check that asks one thing
  /// after the other does not notice: what a pooler that mixes them would do to a run; nil where it does not, and
  /// where it cannot be tried.
  package func poolerFault() async -> RunFailure? {
    do {
      try await PoolerProbe.run(on: database)
      return nil
    } catch {
      guard let error = error as? PostgresError, error.kind == .mixedStatements else { return nil }
      return RunFailure(error)
    }
  }
}

/// Statements that tell by their answers whose they are.
private enum PoolerProbe {
  static func run(on database: Database) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for connection in connections {
        group.addTask {
          for round in rounds {
            let echoes = (1...3).map { Echo(number: connection + round, count: $0) }
            try await database.withTransaction(opening: echoes.map(\.statement)) { transaction in
              try zip(echoes, transaction.opening).forEach { try $0.check($1) }
              let results = try await transaction.pipeline(echoes.map(\.statement))
              try zip(echoes, results).forEach { try $0.check($1) }
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// As many as a pool has at the least.
  private static let connections: [Int64] = [1000, 2000, 3000]
  private static let rounds = stride(from: Int64(0), to: 100, by: 10)

  private struct Echo {
    let number: Int64
    let count: Int

    var statement: PostgresStatement {
      let columns = (1...count).map { "$\($0)::bigint" }.joined(separator: ", ")
      return PostgresStatement("SELECT \(columns)", (1...count).map { .int(number + Int64($0)) })
    }

    func check(_ result: PostgresResult) throws {
      let answer = try? (0..<count).map { column in try result.rows.first?.int(column) }
      guard answer == (1...count).map({ number + Int64($0) }) else {
        throw PostgresError(.mixedStatements, cause: "a statement got the answer to another one")
      }
    }
  }
}
