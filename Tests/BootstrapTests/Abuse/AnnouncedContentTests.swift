import TestSupport
import Testing

@Suite("Content that is announced to the real server", .timeLimit(.minutes(5)))
struct AnnouncedContentTests {
  /// Sends a head and nothing more.
  ///
  /// - Returns: The answer's head, and what comes behind it until the server closes.
  private func exchange(
    _ service: AbusedService, _ line: String, _ fields: [String]
  ) async throws -> (head: String, rest: RawSocketClient.Received) {
    let client = try await service.connect()
    let lines = ["\(line) HTTP/1.1", "Host: a"] + fields
    try await client.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
    let head = await Self.head(client)
    client.endSending()
    return (head, await client.readToEnd())
  }

  private static func head(_ client: RawSocketClient) async -> String {
    await client.read { bytes in bytes.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound }.text
  }

  @Test(
    "by who has not the secret is answered 401 before any of its 64 KiB is sent, and the connection ends",
    arguments: [
      ["Content-Length: 65536"], ["Content-Length: 65536", "Expect: 100-continue"],
      ["Transfer-Encoding: chunked"], ["Content-Length: 65536", "Authorization: Bearer falso-falso-falso"],
    ])
  func unauthorized(fields: [String]) async throws {
    try await withAbusedService { service in
      for path in [LiveService.route, "/api/resync-twilio-historical", "/api/reattribute", "/"] {
        let (head, rest) = try await exchange(service, "POST \(path)", fields)
        #expect(head.hasPrefix("HTTP/1.1 401 "), "\(path): \(head)")
        #expect(rest.text == #"{"error":"Unauthorized"}"# && rest.ending == .end, "\(path): \(rest)")
      }
    }
  }

  @Test(
    "and sent all the same by who has not the secret is not kept, however long the connections stay open",
    .enabled(if: AbusedService.canCount, "needs /proc"))
  func notKept() async throws {
    try await withAbusedService { service in
      let before = try #require(service.live.program.peakKilobytes)
      let head = "POST \(LiveService.route) HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n"
      let request = head + String(repeating: "a", count: 65_536)
      var clients: [RawSocketClient] = []
      for _ in 0..<200 {
        let client = try await service.connect()
        clients.append(client)
        try await client.send(request)
        #expect(await Self.head(client).hasPrefix("HTTP/1.1 401 "))
      }
      let grown = try #require(service.live.program.peakKilobytes) - before
      print("200 refused contents of 64 KiB: \(grown) KiB more")
      #expect(grown < 8192)
      for client in clients { client.close() }
    }
  }

  @Test("for what is not there, or by a method that it has not, is not waited for either")
  func otherRefusals() async throws {
    try await withAbusedService { service in
      let fields = ["Content-Length: 65536", LiveService.authorization]
      for (line, status) in [("POST /api/nada", 404), ("DELETE \(LiveService.route)", 405)] {
        let (head, rest) = try await exchange(service, line, fields)
        #expect(head.hasPrefix("HTTP/1.1 \(status) ") && rest.ending == .end, "\(line): \(head)")
      }
    }
  }

  @Test("by who has the secret is waited for")
  func authorized() async throws {
    try await withAbusedService { service in
      let client = try await service.connect()
      try await client.send(
        "POST \(LiveService.route) HTTP/1.1\r\nHost: a\r\n\(LiveService.authorization)\r\n"
          + "Content-Length: 65536\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
      #expect(await Self.head(client) == "HTTP/1.1 100 Continue\r\n\r\n")
      try await client.send(String(repeating: "a", count: 65_536))
      // It has no database.
      #expect(await client.readToEnd().text.hasPrefix("HTTP/1.1 503 "))
    }
  }
}
