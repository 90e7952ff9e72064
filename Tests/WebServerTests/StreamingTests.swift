import Synchronization
import TestSupport
import Testing
import WebServer

@Suite("Streamed answers over real sockets")
struct StreamingTests {
  private func stream(
    length: Int? = nil, _ body: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
  ) -> HTTPHandler {
    { _ in HTTPResponse(body: .stream(length: length, body)) }
  }

  private let hello: @Sendable (HTTPBodyWriter) async throws -> Void = { writer in
    try await writer.write("hel")
    try await writer.write([])
    try await writer.write("lo")
  }

  @Test("without a length it is chunked, with one it is announced", arguments: [nil, 5])
  func framing(length: Int?) async throws {
    try await withServer(handler: stream(length: length, hello)) { _, port in
      let client = try await RawSocketClient(port: port)
      for _ in 0..<2 {
        try await client.send(makeRequest())
        let answer = await client.readAnswer()
        #expect(answer?.text == "hello")
        #expect(answer?.headers["transfer-encoding"] == (length == nil ? "chunked" : nil))
        #expect(answer?.headers["content-length"] == length.map(String.init))
      }
    }
  }

  @Test("without a length an HTTP/1.0 client reads until the connection closes")
  func toHTTP10() async throws {
    try await withServer(handler: stream(hello)) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
      let received = await client.readToEnd()
      #expect(received.ending == .end)
      #expect(received.text.hasSuffix("\r\nConnection: close\r\n\r\nhello"))
      #expect(!received.text.contains("chunked"))
    }
  }

  @Test("each write goes out at once")
  func slowBytes() async throws {
    let gate = Gate()
    let handler = stream(length: 2) { writer in
      try await writer.write("a")
      await gate.pass()
      try await writer.write("b")
    }
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      let first = await client.read { bytes in
        bytes.suffix(5) == Array("\r\n\r\na".utf8)[...] ? bytes.count : nil
      }
      #expect(first.ending == .satisfied)
      await gate.open()
      #expect(await client.read(count: 1).text == "b")
    }
  }

  @Test("an answer that ends before its length is cut off in order")
  func tooShort() async throws {
    try await withServer(handler: stream(length: 9, hello)) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      let received = await client.readToEnd()
      #expect(received.ending == .end)
      #expect(received.text.hasSuffix("\r\n\r\nhello"))
    }
  }

  @Test("an answer that exceeds its length throws in the closure and is reset")
  func tooLong() async throws {
    let fault = Mutex<HTTPBodyError?>(nil)
    let handler = stream(length: 4) { writer in
      do throws(HTTPBodyError) {
        try await writer.write("abcde")
      } catch {
        fault.withLock { $0 = error }
        throw error
      }
    }
    try await withServer(handler: handler) { server, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      #expect(await client.readToEnd().ending == .reset)
      await server.stop()
    }
    #expect(fault.withLock { $0 } == .tooLong)
  }

  @Test("a closure that throws resets the connection after what it wrote")
  func throwing() async throws {
    struct Fault: Error {}
    let gate = Gate()
    let handler = stream { writer in
      try await writer.write("abc")
      await gate.pass()
      throw Fault()
    }
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      let first = await client.read { bytes in
        bytes.suffix(8) == Array("3\r\nabc\r\n".utf8)[...] ? bytes.count : nil
      }
      #expect(first.ending == .satisfied)
      await gate.open()
      let rest = await client.readToEnd()
      #expect(rest.ending == .reset)
      #expect(rest.bytes.isEmpty)
    }
  }

  @Test("a client that does not read holds the writer back, and nothing is lost")
  func backPressure() async throws {
    let piece = [UInt8](repeating: 97, count: 65_536)
    let count = 400
    let written = Mutex(0)
    let handler = stream(length: piece.count * count) { writer in
      for _ in 0..<count {
        try await writer.write(piece)
        written.withLock { $0 += 1 }
      }
    }
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port, receiveBuffer: 65_536)
      try await client.send(makeRequest(fields: ["Connection: close"]))
      let head = await client.read { ReceivedAnswer($0[...], toHead: true)?.length }
      #expect(head.ending == .satisfied)
      // The head has been read and 26 MB have not: the system's buffers hold a few, the writer has to wait.
      #expect(written.withLock { $0 } < count)
      let received = await client.readToEnd()
      #expect(received.ending == .end)
      #expect(received.bytes.count == piece.count * count)
      #expect(written.withLock { $0 } == count)
    }
  }

  @Test("a client that goes away ends the writer, waiting or not")
  func clientGone() async throws {
    let fault = Mutex<HTTPBodyError?>(nil)
    let ended = Gate()
    let handler = stream { writer in
      do throws(HTTPBodyError) {
        while true { try await writer.write([UInt8](repeating: 97, count: 100_000)) }
      } catch {
        fault.withLock { $0 = error }
      }
      await ended.pass()
    }
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      _ = await client.read(count: 1000)
      client.reset()
      await ended.arrived()
      await ended.open()
    }
    #expect(fault.withLock { $0 } == .clientGone)
  }

  @Test("a streamed answer whose client has gone before it began still runs")
  func goneBefore() async throws {
    let gate = Gate()
    let ended = Gate()
    let handler: HTTPHandler = { _ in
      await gate.pass()
      return HTTPResponse(
        body: .stream(length: nil) { writer in
          await #expect(throws: HTTPBodyError.clientGone) {
            while true { try await writer.write("a") }
          }
          await ended.pass()
        })
    }
    try await withServer(handler: handler) { _, port in
      let client = try await RawSocketClient(port: port)
      try await client.send(makeRequest())
      await gate.arrived()
      client.reset()
      await gate.open()
      await ended.arrived()
      await ended.open()
    }
  }
}
