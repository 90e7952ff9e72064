/// One SQL statement with its parameters, `$1` first; sent unnamed, so that a transaction pooler may
/// stand in between.
package struct PostgresStatement: Sendable {
  /// The SQL; exactly one statement, never built from data.
  package let sql: String
  /// The values of `$1`, `$2` and so on; at most 65,535.
  package let parameters: [PostgresValue]
  /// The parameters as libpq takes them, where that was done ahead.
  private(set) var laidOut: CStrings?

  /// A statement and the values of its `$1`, `$2` and so on.
  package init(_ sql: String, _ parameters: [PostgresValue] = []) {
    self.sql = sql
    self.parameters = parameters
  }

  /// The same statement with its parameters laid out for sending, which takes a while where they hold a
  /// thousand rows: to be done before a transaction is open rather than within it.
  package func prepared() -> PostgresStatement {
    var statement = self
    statement.laidOut = CStrings(parameters)
    return statement
  }
}
