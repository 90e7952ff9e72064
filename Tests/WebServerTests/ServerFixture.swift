import Synchronization
import TestSupport
import WebServer

/// The events of a server under test.
final class EventRecorder: Sendable {
  private let recorded = Mutex<[ServerEvent]>([])

  var events: [ServerEvent] {
    recorded.withLock { $0 }
  }

  func record(_ event: ServerEvent) {
    recorded.withLock { $0.append(event) }
  }
}

/// A door that tasks wait at until a test opens it.
actor Gate {
  private var isOpen = false
  private(set) var arrivals = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []
  private var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

  func pass() async {
    arrivals += 1
    let reached = watchers.filter { $0.count <= arrivals }
    watchers.removeAll { $0.count <= arrivals }
    for watcher in reached { watcher.continuation.resume() }
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    for task in waiting { task.resume() }
    waiting = []
  }

  /// Waits until so many tasks have come to the door.
  func arrived(_ count: Int = 1) async {
    if arrivals >= count { return }
    await withCheckedContinuation { watchers.append((count, $0)) }
  }
}

/// Answers with method, path and content, so that a test sees how a request was understood.
let echo: HTTPHandler = { request in
  .text("\(request.method.text) \(request.target.path) \(String(decoding: request.body, as: UTF8.self))")
}

/// Runs a server for the time of `body` and stops it at once. Of deadlines that nobody asks for none is short: on a
/// busy machine seconds may pass before a client that has connected sends its first byte.
func withServer(
  limits: HTTPLimits = HTTPLimits(),
  deadlines: HTTPDeadlines = HTTPDeadlines(
    header: .seconds(600), body: .seconds(600), idle: .seconds(600), write: .seconds(600)),
  loops: Int = 2,
  events: EventRecorder = EventRecorder(),
  judge: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
  immediate: @escaping @Sendable (HTTPRequest) -> HTTPResponse? = { _ in nil },
  handler: @escaping HTTPHandler = echo,
  _ body: (HTTPServer, _ port: Int) async throws -> Void
) async throws {
  let server = HTTPServer(
    configuration: HTTPServerConfiguration(limits: limits, deadlines: deadlines, loops: loops),
    onEvent: { events.record($0) }, judge: judge, immediate: immediate, handler: handler)
  let address = try await server.start()
  do {
    try await body(server, address.port)
  } catch {
    await server.stop(gracePeriod: .zero)
    throw error
  }
  await server.stop(gracePeriod: .zero)
}

extension RawSocketClient {
  /// Reads the next answer; nil when the connection ended or the deadline passed first.
  func readAnswer(toHead: Bool = false) async -> ReceivedAnswer? {
    let received = await read { ReceivedAnswer($0[...], toHead: toHead)?.length }
    return ReceivedAnswer(received.bytes[...], toHead: toHead)
  }
}

/// A plain request.
func makeRequest(
  _ method: String = "GET", _ target: String = "/", fields: [String] = [], body: String = ""
) -> String {
  let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
  let lines = ["\(method) \(target) HTTP/1.1", "Host: example.test"] + fields + length
  return lines.map { $0 + "\r\n" }.joined() + "\r\n" + body
}
