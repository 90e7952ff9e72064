/// An answer's content.
package enum HTTPBody: Sendable {
  /// All of it at once, sent with its `Content-Length`.
  case bytes([UInt8])

  /// Bytes as they are made. A length, where there is one, is announced and kept to; without one they go out
  /// chunked, and to an HTTP/1.0 client until the connection closes.
  ///
  /// When the closure writes less than `length`, the connection is closed after what it wrote; when it throws
  /// or writes more, the connection is reset. So no client takes a part for the whole. It is not called for
  /// HEAD and for statuses without content.
  case stream(length: Int?, @Sendable (HTTPBodyWriter) async throws -> Void)
}

/// Where a streamed answer's bytes go.
package struct HTTPBodyWriter: Sendable {
  private let sink: @Sendable ([UInt8]) async throws(HTTPBodyError) -> Void

  /// A writer that hands its bytes to `sink`; the server makes its own, tests make them for handlers.
  package init(sink: @escaping @Sendable ([UInt8]) async throws(HTTPBodyError) -> Void) {
    self.sink = sink
  }

  /// Sends `bytes`; returns when the connection can take more, so a slow reader slows the writer down.
  package func write(_ bytes: [UInt8]) async throws(HTTPBodyError) { try await sink(bytes) }

  /// Sends a text as UTF-8.
  package func write(_ text: String) async throws(HTTPBodyError) {
    try await sink(Array(text.utf8))
  }
}

/// Why a streamed answer cannot go on.
package enum HTTPBodyError: Error {
  /// The connection is closed: there is no reader any more.
  case clientGone
  /// The bytes exceed the announced length.
  case tooLong
}
