import CPostgres

/// An error or a notice of the server, or of a pooler before it, in its fields (manual, section 55.8, Error and
/// Notice Message Fields).
struct ServerMessage: Sendable {
  /// Whether the session is over with it, whatever its SQLSTATE.
  let endsSession: Bool
  /// Nil for what libpq says by itself.
  let sqlstate: String?
  /// The constraint, column or table, where one is named.
  let object: String?
  /// The message as it was sent.
  let text: String
  /// All that matters for the log.
  let cause: String

  /// Reads `result` while its owner holds it.
  init(of result: OpaquePointer) {
    func field(_ field: Field) -> String? {
      guard let text = unsafe PQresultErrorField(result, field.code) else { return nil }
      return unsafe String(cString: text)
    }
    // Poolers may leave out the one that is never translated.
    endsSession = ["FATAL", "PANIC"].contains(field(.severity) ?? field(.shownSeverity))
    sqlstate = field(.sqlstate)
    text = field(.message) ?? ""
    object = field(.constraint) ?? field(.column) ?? field(.table) ?? Self.named(in: text, sqlstate)
    let words: [(String, Field)] = [
      ("", .message), ("DETAIL: ", .detail), ("HINT: ", .hint), ("SQLSTATE ", .sqlstate),
      ("table ", .table), ("column ", .column), ("constraint ", .constraint),
    ]
    cause =
      sqlstate == nil
      ? unsafe String(cString: PQresultErrorMessage(result))
      : words.compactMap { label, name in field(name).map { label + $0 } }.joined(separator: "; ")
  }

  // What is forbidden or missing stands in no field. A server may say it in another language; then nothing is named.
  private static func named(in text: String, _ sqlstate: String?) -> String? {
    switch sqlstate {
    case "42501":
      text.firstMatch(of: #/(?:permission denied for|must be owner of) [a-z ]+ "?([^"\s]+)/#)
        .map { String($0.output.1) }
    case "42P01", "42703":
      text.prefixMatch(of: #/(?:relation|column) "?([^"\s]+)"?(?: of relation "([^"]+)")? does not exist/#)
        .map { match in (match.output.2.map { "\($0)." } ?? "") + match.output.1 }
    case "42804":
      text.prefixMatch(of: #/column "?([^"\s]+)"? is of type/#).map { String($0.output.1) }
    default: nil
    }
  }

  /// The fields that are read; the codes are the characters of `postgres_ext.h`, which Swift cannot import
  /// because they are written as macros of character literals.
  private enum Field {
    /// PG_DIAG_SEVERITY_NONLOCALIZED
    case severity
    /// PG_DIAG_SEVERITY
    case shownSeverity
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
        case .shownSeverity: "S"
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
}
