/// What a server's operator may want to know; the server itself logs nothing.
package enum ServerEvent: Hashable, Sendable {
  /// Connections are accepted at this address.
  case listening(SocketAddress)
  /// So many connections were answered 503 and closed because there are as many as allowed; told at most once
  /// a second.
  case connectionsRefused(Int)
  /// No connection can be accepted for the moment, such as for want of descriptors; tried again soon.
  case acceptFailed(SocketError)
  /// A request was not understood or not allowed; the client got the error's status.
  case requestRefused(HTTPParseError)
  /// A connection was cut off by a deadline: with 408 while it sent, without a status while it read.
  case deadlinePassed(HTTPStatus?)
  /// No more connections are accepted.
  case stopped
}
