/// A request with what its framing says about the connection.
package struct ParsedRequest: Hashable, Sendable {
  package let request: HTTPRequest
  /// Whether the client wants to go on with this connection (RFC 9112 section 9.3).
  package let keepsAlive: Bool
  /// Whether the client speaks HTTP/1.0 and so knows no chunked coding.
  package let isHTTP10: Bool
}

/// What the parser asks of the connection.
package enum ParserAction: Hashable, Sendable {
  /// Nothing more can be said until further bytes have come.
  case needsBytes
  /// The head is acceptable and the client waits for `100 Continue` before it sends the content.
  case sendContinue
  case request(ParsedRequest)
  /// The rest of the connection's bytes has no meaning any more: answer and close.
  case refuse(HTTPParseError)
}
