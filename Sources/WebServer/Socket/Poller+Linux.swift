#if os(Linux)
  #if canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Watches many descriptors at once, epoll(7). Its own descriptor is readable while events wait, so one
  /// Dispatch source serves them all; with one source a connection each request would cost a rearming
  /// system call and a change of thread.
  struct Poller: ~Copyable {
    let descriptor: Int32
    private var events = [UInt32](repeating: 0, count: Epoll.words * capacity)

    private static let capacity = 256

    init() throws(SocketError) {
      descriptor = Epoll.create(Epoll.closeOnExec)
      guard descriptor >= 0 else { throw .failed(call: "epoll_create1", code: errno) }
    }

    deinit {
      _ = SystemCall.close(descriptor)
    }

    /// Watches a connection; each event is told once, when it happens.
    func watch(_ connection: Int32, key: UInt64) -> Bool {
      control(
        Epoll.add, connection, key,
        Epoll.readable | Epoll.writable | Epoll.inputEnd | Epoll.edgeTriggered)
    }

    /// Watches a listening socket, told of again and again while connections wait.
    func watch(listener: Int32, key: UInt64) -> Bool {
      control(Epoll.add, listener, key, Epoll.readable)
    }

    /// Ends watching. A closed descriptor is forgotten by itself.
    func forget(_ watched: Int32) {
      _ = control(Epoll.delete, watched, 0, 0)
    }

    /// What has happened since the last call, epoll_wait(2) without waiting.
    mutating func poll() -> [PollerEvent] {
      let count = unsafe Epoll.wait(descriptor, &events, Int32(Self.capacity), 0)
      return (0..<max(0, Int(count))).map { event(at: $0 * Epoll.words) }
    }

    private func event(at index: Int) -> PollerEvent {
      let flags = events[index]
      let low = events[index + Epoll.words - 2]
      let high = events[index + Epoll.words - 1]
      return PollerEvent(
        key: UInt64(high) << 32 | UInt64(low), isReadable: flags & Epoll.readable != 0,
        isWritable: flags & Epoll.writable != 0, inputEnds: flags & Epoll.inputEnd != 0,
        isBroken: flags & (Epoll.error | Epoll.hangUp) != 0)
    }

    private func control(_ operation: Int32, _ watched: Int32, _ key: UInt64, _ flags: UInt32) -> Bool {
      var event = Epoll.event(flags, key: key)
      return unsafe Epoll.control(descriptor, operation, watched, &event) == 0
    }
  }
#endif
