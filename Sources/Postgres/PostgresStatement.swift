/// One SQL statement with its parameters, `$1` first; sent unnamed, so that a transaction pooler may
/// stand in between.
package struct PostgresStatement: Sendable {
  /// The SQL; exactly one statement, never built from data.
  package let sql: String
  /// The values of `$1`, `$2` and so on; at most 65,535.
  package let parameters: [PostgresValue]
  /// For the log: where the statement is made.
  let name: StatementName
  /// The parameters as libpq takes them, where that was done ahead.
  private(set) var laidOut: CStrings?

  /// A statement and the values of its `$1`, `$2` and so on; named in the log after the place where it is made.
  package init(
    _ sql: String, _ parameters: [PostgresValue] = [], file: StaticString = #fileID,
    function: StaticString = #function
  ) {
    self.sql = sql
    self.parameters = parameters
    name = StatementName(file: file, function: function)
  }

  /// The same statement with its parameters laid out for sending, which takes a while where they hold a
  /// thousand rows: to be done before a transaction is open rather than within it.
  package func prepared() -> PostgresStatement {
    var statement = self
    statement.laidOut = CStrings(parameters)
    return statement
  }
}

/// The place where a statement is made, for the log.
struct StatementName: Sendable, CustomStringConvertible {
  let file: StaticString
  let function: StaticString

  /// The file and the function, such as `RunRecords.finish`.
  var description: String {
    let file = "\(file)".split(separator: "/").last?.split(separator: ".").first ?? ""
    return "\(file).\("\(function)".prefix { $0 != "(" })"
  }
}
