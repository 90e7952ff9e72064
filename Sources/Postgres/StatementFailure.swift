/// Why a pipeline failed, and what may be concluded about what the server did.
struct StatementFailure: Error, Equatable {
  /// How far the statements had come.
  enum Progress: Equatable {
    /// Nothing left this process.
    case nothingSent
    /// The server answered everything: what failed is known, and nothing after it was run.
    case answered
    /// The last word of the server is missing.
    case unanswered
  }

  let error: PostgresError
  let progress: Progress
}
