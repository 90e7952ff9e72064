extension Connection {
  /// Looks at the deadlines.
  func tick() {
    switch policy.tick(at: loop.now) {
    case .none: break
    case .close: close()
    case .reset:
      loop.duties.onEvent(.deadlinePassed(nil))
      reset()
    case .refuse(let status):
      loop.duties.onEvent(.deadlinePassed(status))
      refuse(status)
      advance()
    }
  }

  /// Ends with the current request, at once when there is none.
  func drain() {
    if policy.drain() == .close { close() }
  }

  /// Closes with FIN; whoever still writes an answer is told.
  func close() {
    if case .closed = exchange { return }
    if case .streaming(let streaming) = exchange { streaming.presence.end() }
    exchange = .closed
    for writer in waitingWriters { writer.resume(returning: .clientGone) }
    waitingWriters = []
    loop.remove(id)
  }

  /// Closes with RST.
  func reset() {
    socket.resetOnClose()
    close()
  }
}
