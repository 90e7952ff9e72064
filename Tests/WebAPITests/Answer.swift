import Foundation
import WebServer

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
