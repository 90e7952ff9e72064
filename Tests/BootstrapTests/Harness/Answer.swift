import Foundation
import TestSupport

/// An HTTP answer as it came over the socket.
struct Answer: Sendable {
  let status: Int
  let head: String
  let body: String

  /// Asks once on a connection of its own and reads to its end.
  static func of(
    _ method: String, _ path: String, port: Int, headers: [String], body: String = "",
    within limit: Duration = Hang.limit
  ) async throws -> Answer {
    let client = try await RawSocketClient(port: port)
    defer { client.close() }
    try await client.send(request(method, path, headers, body: body))
    let received = await client.readToEnd(within: limit)
    guard let answer = Answer(received.bytes) else {
      throw NeverHappened(description: "an answer to \(method) \(path): \(received)")
    }
    return answer
  }

  static func request(_ method: String, _ path: String, _ headers: [String], body: String = "") -> String {
    let headers = headers + (body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"])
    let lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
  }

  /// Nil when there is no whole head.
  init?(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.firstRange(of: "\r\n\r\n"), let status = Int(text.dropFirst(9).prefix(3)) else {
      return nil
    }
    self.status = status
    head = String(text[..<end.lowerBound])
    let rest = String(text[end.upperBound...])
    let isChunked = head.lowercased().contains("transfer-encoding: chunked")
    body = isChunked ? Self.joined(chunks: rest) : rest
  }

  func header(_ name: String) -> String? {
    let prefix = name.lowercased() + ":"
    let line = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix(prefix) }
    return line.map { $0.dropFirst(prefix.count).trimmingCharacters(in: .whitespaces) }
  }

  func integer(_ key: String) -> Int? { JSONText(body).integer(key) }

  func text(_ key: String) -> String? { JSONText(body).text(key) }

  // Our answers are ASCII up to the chunk's end only by chance, so chunks are counted in bytes.
  private static func joined(chunks: String) -> String {
    var rest = Array(chunks.utf8)[...]
    var joined: [UInt8] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\r")) {
      let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) ?? 0
      guard size > 0 else { break }
      rest = rest[(end + 2)...]
      joined += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return String(decoding: joined, as: UTF8.self)
  }
}

/// One JSON object, read key by key.
struct JSONText {
  private let object: [String: Any]

  init(_ text: String) {
    let parsed = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    object = parsed as? [String: Any] ?? [:]
  }

  func integer(_ key: String) -> Int? { (object[key] as? NSNumber)?.intValue }

  func text(_ key: String) -> String? { object[key] as? String }

  func object(_ key: String) -> [String: String]? { object[key] as? [String: String] }
}
