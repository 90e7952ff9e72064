/// What one statement gave back; its rows are read in place, so it may be passed around at no cost.
package struct PostgresResult: Sendable {
  let handle: ResultHandle

  /// The rows, in the server's order; none for a statement that returns none.
  package var rows: PostgresRows { PostgresRows(handle: handle) }

  /// Rows that INSERT, UPDATE, DELETE or MERGE touched, or SELECT returned; 0 for other commands.
  package var affectedRows: Int { handle.affectedRows }

  /// The command tag of the server, for example `INSERT 0 5`.
  package var commandTag: String { handle.commandTag }
}

/// The rows of a result, by position from 0.
package struct PostgresRows: RandomAccessCollection, Sendable {
  let handle: ResultHandle

  /// Always 0.
  package var startIndex: Int { 0 }
  /// The number of rows.
  package var endIndex: Int { handle.rowCount }

  /// The row at a position below `count`; a position beyond is a fault of the program.
  package subscript(position: Int) -> PostgresRow {
    precondition(indices.contains(position), "row \(position) of \(count)")
    return PostgresRow(handle: handle, index: position)
  }
}

/// One row, its columns by position from 0. A nil is always a NULL; what cannot be read throws
/// `PostgresError` of kind `decoding`, naming the column.
package struct PostgresRow: Sendable {
  let handle: ResultHandle
  let index: Int

  var columnCount: Int { handle.columnCount }

  /// A column of any type in its text form (UTF-8), nil for NULL.
  package func text(_ column: Int) throws(PostgresError) -> String? {
    try check(column)
    return handle.text(row: index, column: column)
  }

  /// A `smallint`, `integer` or `bigint`, nil for NULL.
  package func int(_ column: Int) throws(PostgresError) -> Int64? {
    try check(column)
    guard let number = handle.bytes(row: index, column: column, Self.integer) else { return nil }
    guard let number else { throw fault(column, "is no whole number") }
    return number
  }

  /// A `boolean`, nil for NULL.
  package func bool(_ column: Int) throws(PostgresError) -> Bool? {
    try check(column)
    guard let flag = handle.bytes(row: index, column: column, Self.boolean) else { return nil }
    guard let flag else { throw fault(column, "is no boolean") }
    return flag
  }

  /// A column as text that must not be NULL.
  package func requiredText(_ column: Int) throws(PostgresError) -> String {
    try required(column, try text(column))
  }

  /// A whole number that must not be NULL.
  package func requiredInt(_ column: Int) throws(PostgresError) -> Int64 {
    try required(column, try int(column))
  }

  /// A boolean that must not be NULL.
  package func requiredBool(_ column: Int) throws(PostgresError) -> Bool {
    try required(column, try bool(column))
  }
}

extension PostgresRow {
  private func required<Value>(_ column: Int, _ value: Value?) throws(PostgresError) -> Value {
    guard let value else { throw fault(column, "is NULL where \(Value.self) is required") }
    return value
  }

  /// libpq prints a warning for a column that does not exist, so the position is checked here.
  private func check(_ column: Int) throws(PostgresError) {
    guard 0..<handle.columnCount ~= column else { throw fault(column, "does not exist") }
  }

  private func fault(_ column: Int, _ what: String) -> PostgresError {
    let known = 0..<handle.columnCount ~= column
    let name = known ? "\"\(handle.columnName(column))\"" : "number \(column)"
    let statement = handle.statement.map { " [\($0)]" } ?? ""
    return PostgresError(.decoding, cause: "column \(name) of row \(index) \(what)\(statement)")
  }

  private static func integer(_ bytes: Span<UInt8>) -> Int64? {
    let isNegative = !bytes.isEmpty && bytes[0] == UInt8(ascii: "-")
    let start = isNegative ? 1 : 0
    guard bytes.count > start else { return nil }
    var value: Int64 = 0
    for position in start..<bytes.count {
      let digit = Int64(bytes[position]) - Int64(UInt8(ascii: "0"))
      guard 0...9 ~= digit else { return nil }
      // Counted downwards, because the smallest Int64 has no positive counterpart.
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (next, underflow) = product.subtractingReportingOverflow(digit)
      guard !overflow, !underflow else { return nil }
      value = next
    }
    if isNegative { return value }
    return value == .min ? nil : -value
  }

  private static func boolean(_ bytes: Span<UInt8>) -> Bool? {
    guard bytes.count == 1 else { return nil }
    return switch bytes[0] {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }
}
