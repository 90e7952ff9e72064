import Curl
import TestSupport
import Testing

@Suite("CurlClient: handles, connections, cancellation", .timeLimit(.minutes(1)))
struct CurlPoolTests {
  @Test("sends several requests over one connection")
  func reuse() async throws {
    let server = try RawServer { _, connection in connection.write(body: [1, 2, 3]) }
    let client = CurlClient(maxHandles: 4)
    for _ in 0..<5 {
      _ = try await client.send(makeRequest(server.url))
    }
    #expect(server.requests.count == 5)
    #expect(server.connections == 1)
  }

  @Test("survives a server that closes after each answer, announced or not", arguments: [true, false])
  func closing(announced: Bool) async throws {
    let server = try RawServer { _, connection in
      connection.write(fields: announced ? ["Connection: close"] : [])
      connection.close()
    }
    let client = CurlClient(maxHandles: 1)
    for _ in 0..<3 {
      let answer = try await client.send(makeRequest(server.url))
      #expect(answer.status == 200)
    }
  }

  @Test("never has more requests under way than handles, and serves all")
  func limit() async throws {
    let server = try RawServer { _, connection in connection.write() }
    let client = CurlClient(maxHandles: 2)
    let request = makeRequest(server.url)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await client.send(request).status }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 8))
    #expect(server.requests.count == 8)
    #expect(server.connections <= 2)
  }

  @Test("has as many requests under way as handles")
  func parallel() async throws {
    let server = try RawServer { _, connection in connection.waitForClose() }
    let client = CurlClient(maxHandles: 3)
    let request = makeRequest(server.url)
    await withTaskGroup(of: CurlError?.self) { group in
      for _ in 0..<3 {
        group.addTask { await failure(of: request, through: client) }
      }
      var arrivals = server.arrivals.makeAsyncIterator()
      for _ in 0..<3 { _ = await arrivals.next() }
      group.cancelAll()
      for await failed in group { #expect(failed?.kind == .cancelled) }
    }
  }

  @Test("ends a stalled request when its task is cancelled, and the handle serves on")
  func cancellation() async throws {
    let silent = try RawServer { _, connection in connection.waitForClose() }
    let server = try RawServer { _, connection in connection.write() }
    let client = CurlClient(maxHandles: 1)
    let stalled = makeRequest(silent.url)
    let task = Task { await failure(of: stalled, through: client) }
    _ = await silent.arrivals.first { _ in true }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(try await client.send(makeRequest(server.url)).status == 200)
  }

  @Test("ends a wait for a handle when its task is cancelled, and the next in line is served")
  func cancelledWait() async throws {
    let silent = try RawServer { _, connection in connection.waitForClose() }
    let server = try RawServer { _, connection in connection.write() }
    let client = CurlClient(maxHandles: 1)
    let (stalled, request) = (makeRequest(silent.url), makeRequest(server.url))
    let holding = Task { await failure(of: stalled, through: client) }
    _ = await silent.arrivals.first { _ in true }
    let waiting = Task { await failure(of: request, through: client) }
    let next = Task { await failure(of: request, through: client) }
    waiting.cancel()
    #expect(await waiting.value?.kind == .cancelled)
    holding.cancel()
    #expect(await holding.value?.kind == .cancelled)
    #expect(await next.value == nil)
    #expect(server.requests.count == 1)
  }

  @Test("does not send what was cancelled before")
  func cancelledBefore() async throws {
    let server = try RawServer { _, connection in connection.write() }
    let request = makeRequest(server.url)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await failure(of: request)
    }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(server.connections == 0)
  }
}
