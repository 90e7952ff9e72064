/// libpq's verbose message about a failed connection, taken apart: there is no other way to the SQLSTATE.
///
/// One refusal reads `connection to server … failed: FATAL:  28P01: password authentication failed …`
/// followed by a LOCATION line; with several hosts there are several, and the last one counts.
struct ConnectMessage: Equatable {
  let sqlstate: String?
  /// The message without the server's source locations.
  let text: String

  init(_ message: String) {
    sqlstate = message.matches(of: #/:\x20{2}([0-9A-Z]{5}):\x20/#).last.map { String($0.output.1) }
    text = message.split(separator: "\n")
      .filter { !$0.hasPrefix("LOCATION:") }
      .map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: "; ")
  }

  /// What it means. Whoever refuses a connection ends it: so what is none of the known refusals, by the words
  /// of a pooler or by its SQLSTATE, is a server out of reach.
  var kind: PostgresError.Kind {
    guard let sqlstate else { return kindOfWords }
    return PoolerWords(text).kind(orElse: refusal(sqlstate) ?? PostgresError.Kind(endOfSession: sqlstate))
      ?? .unreachable
  }

  /// What PostgreSQL refuses a start-up with whose SQLSTATE says less than its words, or means something else of
  /// a statement.
  private func refusal(_ sqlstate: String) -> PostgresError.Kind? {
    switch sqlstate {
    case "28000" where text.contains("pg_hba.conf"): .addressNotAllowed
    case "28000" where text.contains("not permitted to log in"): .loginForbidden
    case "42501" where !text.contains("to set parameter"): .loginForbidden
    case "42501", "42704", "42601", "22023", "55P02": .optionRefused
    default: nil
    }
  }

  /// The start-up option that was refused, where it is named.
  var option: String? {
    guard kind == .optionRefused else { return nil }
    return text.firstMatch(of: #/(?:parameter|argument)[^":]*:?\x20?"?([A-Za-z_.\-]+)/#).map {
      String($0.output.1)
    }
  }

  /// What libpq means where the server has said nothing: its own messages (fe-connect.c, fe-secure*.c) have
  /// words only. They are in English, since this program sets no locale.
  private var kindOfWords: PostgresError.Kind {
    Self.words.first { words, _ in words.contains(where: text.contains) }?.kind
      ?? (leadsToUnreachableNetwork ? .noUsableAddress : .unreachable)
  }

  private static let words: [(words: [String], kind: PostgresError.Kind)] = [
    // A name that has addresses, of another family.
    (["No address associated with hostname", "Address family for hostname not supported"], .noUsableAddress),
    (["could not translate host name"], .hostNotFound),
    (
      ["root certificate file", "certificate file \"", "private key file", "could not load private key"],
      .certificateFile
    ),
    (["certificate verify failed", "does not match host name"], .untrustedCertificate),
    (["does not support SSL", "SSL error", "SSL connection has been closed"], .tlsRefused),
    (["session is read-only", "session is not read-only", "in hot standby mode"], .unwantedServer),
  ]

  /// Of IPv6 alone: a machine without it has no way there.
  private var leadsToUnreachableNetwork: Bool {
    let words = [
      "Network is unreachable", "No route to host", "Cannot assign requested address",
      "Address family not supported by protocol",
    ]
    let isUnreachable = words.contains(where: text.contains)
    return isUnreachable && text.contains(#/["(][0-9a-f]*:[0-9a-f:.]*[")]/#)
  }
}
