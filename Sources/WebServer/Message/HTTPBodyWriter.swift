/// Where a streamed answer's bytes go.
package struct HTTPBodyWriter: Sendable {
  private let sink: @Sendable ([UInt8]) async throws(HTTPBodyError) -> Void
  private let isGone: @Sendable () -> Bool

  /// A writer that hands its bytes to `sink`; the server makes its own, tests make them for handlers.
  package init(
    isClientGone: @escaping @Sendable () -> Bool = { false },
    sink: @escaping @Sendable ([UInt8]) async throws(HTTPBodyError) -> Void
  ) {
    self.sink = sink
    self.isGone = isClientGone
  }

  /// Sends `bytes`; returns when the connection can take more, so a slow reader slows the writer down.
  /// - Throws: `clientGone` when nobody will read them, `tooLong` when they exceed the announced length.
  package func write(_ bytes: [UInt8]) async throws(HTTPBodyError) {
    try await sink(bytes)
  }

  /// Sends a text as UTF-8, see `write(_:)`.
  package func write(_ text: String) async throws(HTTPBodyError) {
    try await sink(Array(text.utf8))
  }

  /// Whether the connection is known to be gone, to stop work that only the client wanted.
  package var isClientGone: Bool {
    isGone()
  }
}

/// Why a streamed answer cannot go on.
package enum HTTPBodyError: Error, Hashable, CustomStringConvertible {
  case clientGone
  case tooLong

  package var description: String {
    switch self {
    case .clientGone: "The client closed the connection before the answer ended; stop writing."
    case .tooLong: "The answer is longer than the announced length; announce the right length or none."
    }
  }
}
