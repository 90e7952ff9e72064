import CPostgres

/// Owner of one PGresult: cleared once, when nobody reads it any more.
///
/// Safe to share: the pointer never changes, no function called here writes to the result, and the manual
/// (section 34.20, Behavior in Threaded Programs) says that a PGresult is read-only after its creation and
/// may be passed around freely between threads.
@safe final class ResultHandle: @unchecked Sendable {
  private let result: OpaquePointer
  /// A result calls its connection's notice processor, so the processor's context must outlive it.
  private let notices: NoticeSink

  /// What it answers, for the log; nil for the answer to a sync.
  let statement: StatementName?
  let rowCount: Int
  let columnCount: Int

  /// Takes over `result`, which comes from PQgetResult.
  init(owning result: OpaquePointer, notices: NoticeSink, statement: StatementName?) {
    unsafe self.result = result
    self.notices = notices
    self.statement = statement
    rowCount = unsafe Int(PQntuples(result))
    columnCount = unsafe Int(PQnfields(result))
  }

  deinit { unsafe PQclear(result) }

  /// The result's state (manual, PQresultStatus).
  var status: ExecStatusType { unsafe PQresultStatus(result) }

  /// The command tag, for example `INSERT 0 5` (manual, PQcmdStatus).
  var commandTag: String { unsafe String(cString: PQcmdStatus(result)) }

  /// The rows the command touched; 0 for commands that touch none (manual, PQcmdTuples).
  var affectedRows: Int { unsafe Int(String(cString: PQcmdTuples(result))) ?? 0 }

  /// The name of a column that exists (manual, PQfname).
  func columnName(_ column: Int) -> String {
    guard let name = unsafe PQfname(result, Int32(column)) else { return "column \(column)" }
    return unsafe String(cString: name)
  }

  /// What the server said, where it refused.
  var message: ServerMessage { unsafe ServerMessage(of: result) }

  /// libpq's whole message for the result (manual, PQresultErrorMessage).
  var errorMessage: String { unsafe String(cString: PQresultErrorMessage(result)) }

  /// A field as text, nil when it is NULL; the caller has checked the indices.
  func text(row: Int, column: Int) -> String? {
    unsafe buffer(row: row, column: column) { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// What `read` makes of a field's bytes, nil when it is NULL; the caller has checked the indices.
  func bytes<Value>(row: Int, column: Int, _ read: (Span<UInt8>) -> Value) -> Value? {
    unsafe buffer(row: row, column: column) { unsafe read($0.span) }
  }

  /// Manual, PQgetisnull, PQgetvalue and PQgetlength: the pointer is valid until PQclear.
  private func buffer<Value>(
    row: Int, column: Int, _ read: (UnsafeBufferPointer<UInt8>) -> Value
  ) -> Value? {
    let (row, column) = (Int32(row), Int32(column))
    guard unsafe PQgetisnull(result, row, column) == 0, let start = unsafe PQgetvalue(result, row, column)
    else { return nil }
    return withExtendedLifetime(self) {
      let count = unsafe Int(PQgetlength(result, row, column))
      return unsafe start.withMemoryRebound(to: UInt8.self, capacity: count) {
        unsafe read(UnsafeBufferPointer(start: $0, count: count))
      }
    }
  }
}
