#if os(Linux)
  import CLinux
  #if canImport(Musl)
    import Musl
  #else
    import Glibc
  #endif

  /// Watches many descriptors at once, epoll(7). Its own descriptor is readable while events wait, so one
  /// Dispatch source serves them all; with one source a connection each request would cost a rearming
  /// system call and a change of thread.
  ///
  /// Safe: of the pointer that an event's data could be, only the number is ever used.
  @safe struct Poller: ~Copyable {
    let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: capacity)

    private static let capacity = 256

    init() throws(SocketError) {
      descriptor = epoll_create1(clinux_close_on_exec)
      guard descriptor >= 0 else { throw .failed(call: "epoll_create1", code: errno) }
    }

    deinit {
      _ = SystemCall.close(descriptor)
    }

    /// Watches a connection; each event is told once, when it happens.
    func watch(_ connection: Int32, key: UInt64) -> Bool {
      control(
        EPOLL_CTL_ADD, connection, key,
        clinux_readable | clinux_writable | clinux_input_end | clinux_edge_triggered)
    }

    /// Watches a listening socket, told of again and again while connections wait.
    func watch(listener: Int32, key: UInt64) -> Bool {
      control(EPOLL_CTL_ADD, listener, key, clinux_readable)
    }

    /// Ends watching. A closed descriptor is forgotten by itself.
    func forget(_ watched: Int32) {
      _ = control(EPOLL_CTL_DEL, watched, 0, 0)
    }

    /// What has happened since the last call, epoll_wait(2) without waiting.
    mutating func poll() -> [PollerEvent] {
      let count = unsafe epoll_wait(descriptor, &events, Int32(Self.capacity), 0)
      return unsafe events.prefix(max(0, Int(count))).map { unsafe PollerEvent($0) }
    }

    private func control(_ operation: Int32, _ watched: Int32, _ key: UInt64, _ flags: UInt32) -> Bool {
      var event = unsafe epoll_event(events: flags, data: epoll_data_t(u64: key))
      return unsafe epoll_ctl(descriptor, operation, watched, &event) == 0
    }
  }

  extension PollerEvent {
    fileprivate init(_ event: epoll_event) {
      let flags = unsafe event.events
      unsafe self.init(
        key: event.data.u64, isReadable: flags & clinux_readable != 0,
        isWritable: flags & clinux_writable != 0, inputEnds: flags & clinux_input_end != 0,
        isBroken: flags & (clinux_error | clinux_hang_up) != 0)
    }
  }
#endif
