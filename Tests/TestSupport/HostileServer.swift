/// A server that speaks PostgreSQL's protocol and means no good.
package enum HostileServer {
  /// Asks for so many rounds of the password's key derivation (RFC 5802).
  package static func demanding(rounds: Int) throws -> RawServer {
    try RawServer(serving: { connection, note in
      guard connection.read() != nil else { return }
      connection.write(PostgresReply.message("R", [0, 0, 0, 10] + Array("SCRAM-SHA-256".utf8) + [0, 0]))
      guard let first = connection.read().map({ String(decoding: $0, as: UTF8.self) }),
        let nonce = first.firstMatch(of: /r=([^,\0]+)/)?.1
      else { return }
      connection.write(
        PostgresReply.message("R", [0, 0, 0, 11] + Array("r=\(nonce)x,s=c2FsdA==,i=\(rounds)".utf8)))
      note("asked")
      connection.waitForClose()
    })
  }

  /// Lets everybody in, and answers the first statement by sending `message` over and over.
  package static func repeating(_ message: [UInt8]) throws -> RawServer {
    try RawServer(serving: { connection, note in
      guard connection.read() != nil else { return }
      connection.write(PostgresReply.welcome)
      guard connection.read() != nil else { return }
      note("asked")
      let column = Array("n".utf8) + [0] + [UInt8](repeating: 0, count: 18)
      connection.write(
        PostgresReply.message("1", []) + PostgresReply.message("2", [])
          + PostgresReply.message("T", [0, 1] + column))
      flood(connection, message)
    })
  }

  /// Never ends what it says before anything is asked.
  package static func talking(afterWelcome isLetIn: Bool) throws -> RawServer {
    try RawServer(serving: { connection, note in
      guard connection.read() != nil else { return }
      connection.write(isLetIn ? PostgresReply.welcome : PostgresReply.message("R", [0, 0, 0, 0]))
      note("asked")
      flood(connection, PostgresReply.message("N", Array("SNOTICE\0C00000\0Mhello\0\0".utf8)))
    })
  }

  private static func flood(_ connection: RawConnection, _ message: [UInt8]) {
    let bytes = [[UInt8]](repeating: message, count: max(1, 65_536 / message.count)).flatMap(\.self)
    while connection.write(bytes) {}
  }
}
