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
    return PoolerWords(text).kind(orElse: PostgresError.Kind(endOfSession: sqlstate)) ?? .unreachable
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
