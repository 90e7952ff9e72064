/// What a server of PostgreSQL sends, as bytes (manual, section 55.7).
package enum PostgresReply {
  /// Whoever asks is let in, and may send statements.
  package static let welcome = message("R", [0, 0, 0, 0]) + ready
  /// The server waits for statements, in no transaction.
  package static let ready = message("Z", Array("I".utf8))

  /// A refusal, or with `FATAL` the end of the session.
  package static func error(_ sqlstate: String, _ text: String, severity: String = "FATAL") -> [UInt8] {
    let fields = ["S\(severity)", "V\(severity)", "C\(sqlstate)", "M\(text)"]
    return message("E", fields.flatMap { Array($0.utf8) + [0] } + [0])
  }

  /// A message of any type.
  package static func message(_ type: Character, _ body: [UInt8]) -> [UInt8] {
    Array(String(type).utf8) + length(body.count + 4) + body
  }

  /// The length of a message, which counts itself.
  package static func length(_ count: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
  }
}
