/// The fields of an error that are read; the codes are the characters of `postgres_ext.h`, which Swift
/// cannot import because they are written as macros of character literals.
enum ErrorField {
  /// PG_DIAG_SEVERITY_NONLOCALIZED
  case severity
  /// PG_DIAG_SQLSTATE
  case sqlstate
  /// PG_DIAG_MESSAGE_PRIMARY
  case message
  /// PG_DIAG_MESSAGE_DETAIL
  case detail
  /// PG_DIAG_MESSAGE_HINT
  case hint
  /// PG_DIAG_TABLE_NAME
  case table
  /// PG_DIAG_COLUMN_NAME
  case column
  /// PG_DIAG_CONSTRAINT_NAME
  case constraint

  var code: Int32 {
    let character: Unicode.Scalar =
      switch self {
      case .severity: "V"
      case .sqlstate: "C"
      case .message: "M"
      case .detail: "D"
      case .hint: "H"
      case .table: "t"
      case .column: "c"
      case .constraint: "n"
      }
    return Int32(character.value)
  }
}
