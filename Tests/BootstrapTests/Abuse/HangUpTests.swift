import TestSupport
import Testing

@Suite(
  "Clients of the real server that are slow or hang up", .enabled(if: AbusedService.canCount),
  .timeLimit(.minutes(5)))
struct HangUpTests {
  /// Answered on the event loop, by a task, and after content in both framings.
  static let requests = [
    "GET /health HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /api/nada HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /api/sync-twilio-hourly HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde",
    "POST /health HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
  ]

  @Test("Resets after every byte of a request leave nothing behind", arguments: requests)
  func resetRequest(request: String) async throws {
    try await withAbusedService { service in
      let before = try service.descriptors()
      let bytes = Array(request.utf8)
      for count in 0...bytes.count {
        let client = try await service.connect()
        try await client.send(Array(bytes.prefix(count)))
        client.reset()
      }
      #expect(await service.health() == 200)
      try await service.descriptorsReturn(to: before)
    }
  }

  @Test("Resets after every byte of an answer leave nothing behind", arguments: requests)
  func resetAnswer(request: String) async throws {
    try await withAbusedService { service in
      let before = try service.descriptors()
      let first = try await service.connect()
      try await first.send(request.replacing("Host: a", with: "Host: a\r\nConnection: close"))
      let length = await first.readToEnd().bytes.count
      #expect(length > 100)
      for count in 1...length {
        let client = try await service.connect()
        try await client.send(request)
        _ = await client.read(count: min(count, length - 30))
        client.reset()
      }
      #expect(await service.health() == 200)
      try await service.descriptorsReturn(to: before)
    }
  }

  @Test("A hundred slow heads, slow contents and slow readers each keep the probe from nothing")
  func slow() async throws {
    try await withAbusedService { service in
      let before = try service.descriptors()
      // Those whose deadline is the shortest come last.
      let beginnings = [
        String(repeating: Self.requests[0], count: 200),
        "POST /health HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\na", "GET /health HTTP/1.1\r\nX: ",
      ]
      // Whom they kept waiting would be answered when a deadline has ended them. On a busy machine one may end the
      // first before the last have come; then it is tried again.
      try await eventually("the probe is answered while all of them are there") {
        var clients: [RawSocketClient] = []
        for beginning in beginnings {
          for _ in 0..<100 {
            let client = try await service.connect(receiveBuffer: 4096)
            try await client.send(beginning)
            clients.append(client)
          }
        }
        for _ in 0..<20 { #expect(await service.health() == 200) }
        let held = try service.descriptors().subtracting(before).count
        for client in clients { client.reset() }
        try await service.descriptorsReturn(to: before)
        return held >= clients.count
      }
    }
  }
}
