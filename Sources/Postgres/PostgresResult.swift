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
