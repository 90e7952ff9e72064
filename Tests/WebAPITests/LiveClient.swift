import TestSupport
import Testing
import WebAPI
import WebServer

/// Asks a real server over a socket, with a connection for each request.
struct LiveClient: Client {
  private let port: Int

  /// On a busy machine seconds may pass before a client that has connected sends its first byte.
  private static let deadlines = HTTPDeadlines(
    header: .seconds(600), body: .seconds(600), write: .seconds(600))

  /// Runs `body` with a client of a server that serves `routes`, and stops the server.
  static func serving(_ routes: Routes, _ body: (LiveClient) async throws -> Void) async throws {
    let server = HTTPServer(
      configuration: HTTPServerConfiguration(deadlines: deadlines), refusal: Routes.refusal,
      judge: routes.judge,
      immediate: routes.immediate,
      handler: routes.handler)
    let address = try await server.start()
    let outcome: Result<Void, any Error>
    do {
      outcome = .success(try await body(LiveClient(port: address.port)))
    } catch {
      outcome = .failure(error)
    }
    await server.stop(gracePeriod: .zero)
    try outcome.get()
  }

  func ask(_ question: Question) async throws -> Answer {
    let (socket, answer) = try await open(question)
    defer { socket.close() }
    return try await Self.whole(answer, method: question.method, from: socket)
  }

  func stream(_ question: Question) async throws -> StreamedAnswer {
    let (socket, head) = try await open(question)
    #expect(head.headers["Transfer-Encoding"] == "chunked")
    let lines = LineReader { try await Self.chunk(from: socket) }
    return StreamedAnswer(head: head, next: { try await lines.next() })
  }

  /// Sends a request and leaves the answer to the caller.
  func send(_ question: Question) async throws -> RawSocketClient {
    let socket = try await RawSocketClient(port: port)
    let length = question.body.isEmpty ? [] : [("Content-Length", String(question.body.utf8.count))]
    let fields = [("Host", "service.example")] + question.headers + length
    let head = fields.map { "\($0.0): \($0.1)\r\n" }.joined()
    try await socket.send("\(question.method) \(question.target) HTTP/1.1\r\n\(head)\r\n\(question.body)")
    return socket
  }

  private func open(_ question: Question) async throws -> (RawSocketClient, Answer) {
    let socket = try await send(question)
    return (socket, try Self.head(try await Self.text(endingWith: "\r\n\r\n", from: socket)))
  }

  private static func head(_ text: String) throws -> Answer {
    let lines = text.split(separator: "\r\n")
    let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    var headers = HTTPHeaders()
    for line in lines.dropFirst() {
      let colon = try #require(line.firstIndex(of: ":"))
      headers.add(String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
    }
    return Answer(status: status, headers: headers, body: "", closes: headers["Connection"] == "close")
  }

  private static func whole(
    _ answer: Answer, method: String, from socket: RawSocketClient
  ) async throws -> Answer {
    var answer = answer
    if method == "HEAD" {
      // Content after all would arrive before the server's end.
      socket.endSending()
      answer.body = await socket.readToEnd().text
    } else if let length = answer.headers["Content-Length"] {
      answer.body = await socket.read(count: try #require(Int(length))).text
    } else {
      var bytes: [UInt8] = []
      while let chunk = try await chunk(from: socket) { bytes += chunk }
      answer.body = String(decoding: bytes, as: UTF8.self)
    }
    return answer
  }

  /// One chunk's data (RFC 9112 section 7.1); nil for the last.
  private static func chunk(from socket: RawSocketClient) async throws -> [UInt8]? {
    let line = try await text(endingWith: "\r\n", from: socket)
    let size = try #require(Int(line.dropLast(), radix: 16))
    let data = await socket.read(count: size + 2).bytes
    return size == 0 ? nil : data.dropLast(2)
  }

  private static func text(endingWith ending: String, from socket: RawSocketClient) async throws -> String {
    let wanted = Array(ending.utf8)
    let received = await socket.read { bytes in
      bytes.indices.first { bytes[$0...].starts(with: wanted) }.map { $0 + wanted.count }
    }
    try #require(received.ending == .satisfied, "The server answered: \(received.text)")
    return received.text
  }
}

/// Cuts bytes into lines.
actor LineReader {
  private let chunk: @Sendable () async throws -> [UInt8]?
  private var rest: [UInt8] = []

  /// Reads further bytes by `chunk`, until it returns nil.
  init(_ chunk: @escaping @Sendable () async throws -> [UInt8]?) {
    self.chunk = chunk
  }

  /// The next line without its line feed; nil at the end.
  func next() async throws -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeFirst(end + 1) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      guard let bytes = try await chunk() else { return nil }
      rest += bytes
    }
  }
}
