/// One SQL statement with its parameters, `$1` first; sent unnamed, so that a transaction pooler may
/// stand in between.
package struct PostgresStatement: Sendable, Hashable {
  /// The SQL; exactly one statement, never built from data.
  package let sql: String
  /// The values of `$1`, `$2` and so on; at most 65,535.
  package let parameters: [PostgresValue]

  /// A statement and the values of its `$1`, `$2` and so on.
  package init(_ sql: String, _ parameters: [PostgresValue] = []) {
    self.sql = sql
    self.parameters = parameters
  }
}
