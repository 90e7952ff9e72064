import Foundation
import TestSupport
import Testing
import TwilioSimulator

/// An answer as it came over a socket.
struct LiveAnswer {
  let ending: RawSocketClient.Ending
  let bytes: Int
  let head: String
  let body: [UInt8]

  init(_ received: RawSocketClient.Received) {
    let separator = received.bytes.firstRange(of: Array("\r\n\r\n".utf8))
    head = String(
      decoding: received.bytes[..<(separator?.lowerBound ?? received.bytes.endIndex)], as: UTF8.self)
    body = separator.map { Array(received.bytes[$0.upperBound...]) } ?? []
    ending = received.ending
    bytes = received.bytes.count
  }

  var status: Int { Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0 }

  func header(_ name: String) -> String? {
    head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
  }

  var length: Int? { header("Content-Length").flatMap { Int($0) } }

  var json: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
  }
}

/// Runs `body` with a simulator on a socket, and stops it afterwards.
func withServer(
  _ configuration: SimulatorConfiguration = makeConfiguration(),
  _ body: (SimulatorServer) async throws -> Void
) async throws {
  let server = try await SimulatorServer.start(configuration)
  do {
    try await body(server)
  } catch {
    await server.stop()
    throw error
  }
  await server.stop()
}

extension SimulatorServer {
  func connect(_ uri: String, method: String = "GET", content: String = "") async throws -> RawSocketClient {
    let client = try await RawSocketClient(port: port)
    try await client.send(
      """
      \(method) \(uri) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAuthorization: \(basic)\r
      Connection: close\r\nContent-Length: \(content.utf8.count)\r\n\r\n\(content)
      """)
    return client
  }

  // Under a sanitizer on a busy machine 20 MB take more than half a minute.
  private var patience: Duration { .seconds(120) }

  func get(_ uri: String) async throws -> LiveAnswer {
    LiveAnswer(try await connect(uri).readToEnd(within: patience))
  }

  func send(_ method: String, _ uri: String, _ content: String = "") async throws -> LiveAnswer {
    LiveAnswer(try await connect(uri, method: method, content: content).readToEnd(within: patience))
  }
}
