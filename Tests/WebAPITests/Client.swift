import Foundation
import Testing
import WebAPI
import WebServer

/// How a test reaches the routes: by calling the handler, or over a socket.
enum Way: CaseIterable, Sendable {
  case inMemory
  case live
}

/// What a client sends.
struct Question: Sendable {
  var method = "GET"
  var target: String
  var headers: [(String, String)] = []
  var body = ""
}

/// A client of the service.
protocol Client: Sendable {
  /// Sends a request and reads the whole answer.
  func ask(_ question: Question) async throws -> Answer
  /// Sends a request and reads the answer's head; the lines come as they are asked for.
  func stream(_ question: Question) async throws -> StreamedAnswer
}

extension Client {
  /// Sends a request with the right secret, unless another `Authorization` is given.
  func ask(
    _ method: String = "GET", _ target: String, authorization: String? = "Bearer correct-horse-battery",
    headers: [(String, String)] = []
  ) async throws -> Answer {
    let credentials = authorization.map { [("Authorization", $0)] } ?? []
    return try await ask(Question(method: method, target: target, headers: credentials + headers))
  }
}

/// Runs `body` with a client of `service`, and takes down what it needed.
func withClient(
  of service: RecordedService, _ way: Way, attempts: AttemptLimiter = AttemptLimiter(),
  _ body: (any Client) async throws -> Void
) async throws {
  let routes = service.makeRoutes(attempts: attempts)
  switch way {
  case .inMemory: try await body(HandlerClient(routes: routes))
  case .live: try await LiveClient.serving(routes, body)
  }
}

/// An answer as a client sees it.
struct Answer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var body: String
  /// Whether the connection ends with it.
  var closes: Bool

  /// The body as an object; empty when it is none.
  var object: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  /// The sentence of an error.
  var error: String? { object["error"] as? String }
}

/// The lines of a streamed answer as they come.
struct StreamedAnswer: Sendable {
  var head: Answer
  /// The next line without its line feed; nil at the end.
  var next: @Sendable () async throws -> String?
}

/// Calls the handler.
struct HandlerClient: Client {
  let routes: Routes
  var address: String? = "192.0.2.7"

  func ask(_ question: Question) async throws -> Answer {
    var streamed = try await stream(question)
    var lines: [String] = []
    while let line = try await streamed.next() { lines.append(line + "\n") }
    if !lines.isEmpty { streamed.head.body = lines.joined() }
    return streamed.head
  }

  func stream(_ question: Question) async throws -> StreamedAnswer {
    let request = HTTPRequest(
      method: HTTPMethod(question.method), target: try #require(RequestTarget(question.target)),
      headers: HTTPHeaders(question.headers), body: Array(question.body.utf8), remoteAddress: address)
    var response = await respond(to: request)
    if request.method == .head { response.body = .bytes([]) }
    var head = Answer(
      status: response.status.code, headers: response.headers, body: "",
      closes: response.closesConnection)
    switch response.body {
    case .bytes(let bytes):
      head.body = String(decoding: bytes, as: UTF8.self)
      return StreamedAnswer(head: head, next: { nil })
    case .stream(_, let write):
      let chunks = Self.chunks(of: write)
      let lines = LineReader {
        var iterator = chunks.makeAsyncIterator()
        return await iterator.next()
      }
      return StreamedAnswer(head: head, next: { try await lines.next() })
    }
  }

  private func respond(to request: HTTPRequest) async -> HTTPResponse {
    if let response = routes.immediate(request) { return response }
    return await routes.handler(request)
  }

  private static func chunks(
    of write: @escaping @Sendable (HTTPBodyWriter) async throws -> Void
  ) -> AsyncStream<[UInt8]> {
    let (chunks, sink) = AsyncStream.makeStream(of: [UInt8].self)
    let writer = HTTPBodyWriter { bytes throws(HTTPBodyError) in
      if case .terminated = sink.yield(bytes) { throw .clientGone }
    }
    Task {
      do { try await write(writer) } catch { Issue.record("The body failed: \(error)") }
      sink.finish()
    }
    return chunks
  }
}
