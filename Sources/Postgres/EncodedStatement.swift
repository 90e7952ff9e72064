/// A statement laid out for libpq, checked before anything is sent.
struct EncodedStatement {
  let sql: String
  let types: [UInt32]
  let values: CStrings

  /// Throws when the server could not be given the statement whole.
  init(_ statement: PostgresStatement) throws(PostgresError) {
    sql = statement.sql
    types = statement.parameters.map(\.typeOID)
    values = statement.laidOut ?? CStrings(statement.parameters)
    if let position = values.firstWithNUL {
      throw PostgresError(
        .other, sqlstate: "22021", cause: "parameter $\(position + 1) contains U+0000 [\(statement.name)]")
    }
    guard types.count <= UInt16.max else {
      throw PostgresError(
        .other, sqlstate: "54000", cause: "\(types.count) parameters, 65535 are allowed [\(statement.name)]")
    }
  }
}
