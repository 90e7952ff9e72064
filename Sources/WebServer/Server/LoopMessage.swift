/// What other threads ask of an event loop.
enum LoopMessage: Sendable {
  /// Accept connections from a listening descriptor, now the loop's, and share them out in turn.
  case listen(descriptor: Int32, [EventLoop])
  /// Take over an accepted connection; the descriptor is the loop's from now on.
  case adopt(descriptor: Int32, remoteAddress: String)
  /// A handler has answered.
  case answer(ConnectionID, HTTPResponse)
  /// A streamed answer goes on; the continuation gets what is wrong, or nil when more can come.
  case write(ConnectionID, [UInt8], CheckedContinuation<HTTPBodyError?, Never>)
  /// A streamed answer has ended.
  case streamEnded(ConnectionID, failed: Bool)
  /// Accept nothing, let requests end, then say so.
  case drain(completion: @Sendable () -> Void)
  /// Close whatever is open.
  case closeAll
}
