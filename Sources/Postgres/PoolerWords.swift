/// What a pooler says. It gives nearly all its refusals, and those that it passes on, one SQLSTATE (PgBouncer
/// 08P01, Supavisor XX000): only the words tell them apart.
struct PoolerWords {
  /// Supavisor's word in parentheses, such as `EMAXCONNSESSION`.
  let code: String?
  private let text: String

  init(_ text: String) {
    self.text = text
    code = text.matches(of: #/\((E[A-Z]{4,40})\)/#).last.map { String($0.output.1) }
  }

  /// What a connection or session was refused or ended with; `sqlstate` is what the SQLSTATE says by itself, nil
  /// where it says nothing.
  func kind(orElse sqlstate: PostgresError.Kind?) -> PostgresError.Kind? {
    if let code {
      if code.hasPrefix("EMAX") || code.hasPrefix("ECHECKOUT") { return .poolerFull }
      if let kind = Self.byCode[code] { return kind }
    }
    if let sqlstate { return sqlstate }
    if text.contains(#/database ".*" does not exist/#) { return .databaseMissing }
    return Self.byWords.first { words, _ in words.contains(where: text.contains) }?.kind
  }

  // Supavisor's errors.
  private static let byCode: [String: PostgresError.Kind] = [
    "ENOTFOUND": .unknownProject, "ENOIDENTIFIER": .unknownProject, "EINVALIDUSERINFO": .unknownProject,
    "EBANNED": .pausedProject, "ECIRCUITBREAKER": .loginsBlocked, "EADDRNOTALLOWED": .addressNotAllowed,
    "ESSLREQUIRED": .tlsRefused, "EDBHANDLEREXITED": .poolerLostServer, "EPOOLTERMINATING": .poolerWaits,
  ]

  // Those of PgBouncer, and of Supavisor before it had codes.
  private static let byWords: [(words: [String], kind: PostgresError.Kind)] = [
    // First, since a pooler that waits quotes why it was refused.
    (["authentication failed", "no such user"], .authentication),
    (["no such database"], .databaseMissing),
    (["Tenant or user not found", "Invalid format for user or db_name"], .unknownProject),
    (["project is paused", "tenant is paused", "database is paused"], .pausedProject),
    (
      [
        "no more connections allowed", "Max client connections reached", "MaxClientsInSessionMode",
        "Unable to check out", "query_wait_timeout",
      ], .poolerFull
    ),
    (
      ["server login has been failing", "server_login_retry", "pgbouncer cannot connect to server"],
      .poolerWaits
    ),
    (["server conn crashed", "DbHandler exited", "connection to database closed"], .poolerLostServer),
    (["SSL connection is required", "SSL required"], .tlsRefused),
    (["unsupported startup parameter"], .optionRefused),
  ]
}
