/// An answer's content.
package enum HTTPBody: Sendable {
  /// All of it at once, sent with its `Content-Length`.
  case bytes([UInt8])

  /// Bytes as they come into being. With a length it is announced and held to; without one they go out
  /// chunked, and to an HTTP/1.0 client until the connection closes.
  ///
  /// A closure that writes less than `length` gets the connection closed after what it wrote; one that
  /// throws, or writes more, gets it reset. So no client takes a part for the whole. For HEAD and for
  /// statuses without content it is not called.
  case stream(length: Int?, @Sendable (HTTPBodyWriter) async throws -> Void)
}
