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
      .joined(separator: "; ")
  }

  /// What it means. PgBouncer gives all refusals, its own and those it passes on, the SQLSTATE 08P01: only
  /// the words tell them apart.
  var kind: PostgresError.Kind {
    guard let sqlstate else { return kindOfWords }
    guard sqlstate == "08P01" else { return PostgresError.Kind(sqlstate: sqlstate) }
    if text.contains("authentication failed") || text.contains("no such user") { return .authentication }
    if text.contains("no such database") || text.contains(#/database ".*" does not exist/#) {
      return .databaseMissing
    }
    if text.contains("no more connections allowed") { return .tooManyConnections }
    return .unreachable
  }

  /// What libpq means where the server has said nothing: its own messages (fe-connect.c, fe-secure*.c) have
  /// words only. They are in English, since this program sets no locale.
  private var kindOfWords: PostgresError.Kind {
    if text.contains("could not translate host name") { return .hostNotFound }
    let certificate = ["certificate verify failed", "does not match host name", "root certificate file"]
    if certificate.contains(where: text.contains) { return .untrustedCertificate }
    let refusal = ["does not support SSL", "SSL error", "SSL connection has been closed"]
    return refusal.contains(where: text.contains) ? .tlsRefused : .unreachable
  }
}
