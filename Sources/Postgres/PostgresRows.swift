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
