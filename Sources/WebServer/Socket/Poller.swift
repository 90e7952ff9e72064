#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import CSystem
  import Musl
#else
  import CSystem
  import Glibc
#endif

/// What has happened to a watched descriptor.
struct PollerEvent {
  /// What the descriptor was added with.
  let key: UInt64
  let isReadable: Bool
  /// The other end sends no more.
  let inputEnds: Bool
  /// The connection is of no use any more.
  let isBroken: Bool
}

#if os(Linux)
  /// Watches many descriptors at once, epoll(7). Its own descriptor is readable while events wait, so one
  /// Dispatch source serves them all; a source for each connection would cost each request a system call to
  /// rearm it and a change of thread.
  ///
  /// Safe: an event's data may be a pointer, but only the number is used.
  @safe struct Poller: ~Copyable {
    let descriptor: Int32
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: capacity)

    private static let capacity = 256

    init() throws(SocketError) {
      descriptor = epoll_create1(csystem_close_on_exec)
      guard descriptor >= 0 else { throw .failed(call: "epoll_create1", code: errno) }
    }

    deinit {
      close(descriptor)
    }

    /// Watches a connection; each event is reported once, when it happens.
    func watch(_ connection: Int32, key: UInt64) -> Bool {
      control(
        EPOLL_CTL_ADD, connection, key,
        csystem_readable | csystem_writable | csystem_input_end | csystem_edge_triggered)
    }

    /// Watches a listening socket, reported again and again while connections wait.
    func watch(listener: Int32, key: UInt64) -> Bool {
      control(EPOLL_CTL_ADD, listener, key, csystem_readable)
    }

    /// Ends watching. A closed descriptor needs no such call.
    func forget(_ watched: Int32) { _ = control(EPOLL_CTL_DEL, watched, 0, 0) }

    /// What has happened since the last call; does not wait.
    mutating func poll() -> [PollerEvent] {
      let count = unsafe epoll_wait(descriptor, &events, Int32(Self.capacity), 0)
      return unsafe events.prefix(max(0, Int(count))).map { event in
        let flags = unsafe event.events
        return unsafe PollerEvent(
          key: event.data.u64, isReadable: flags & csystem_readable != 0,
          inputEnds: flags & csystem_input_end != 0,
          isBroken: flags & (csystem_error | csystem_hang_up) != 0)
      }
    }

    private func control(_ operation: Int32, _ watched: Int32, _ key: UInt64, _ flags: UInt32) -> Bool {
      var event = unsafe epoll_event(events: flags, data: epoll_data_t(u64: key))
      return unsafe epoll_ctl(descriptor, operation, watched, &event) == 0
    }
  }
#else
  /// The same by kqueue(2).
  struct Poller: ~Copyable {
    let descriptor: Int32
    private var events = [kevent](repeating: kevent(), count: 256)

    init() throws(SocketError) {
      descriptor = kqueue()
      guard descriptor >= 0 else { throw .failed(call: "kqueue", code: errno) }
    }

    deinit {
      close(descriptor)
    }

    func watch(_ connection: Int32, key: UInt64) -> Bool {
      change(connection, EVFILT_READ, EV_ADD | EV_CLEAR, key)
        && change(connection, EVFILT_WRITE, EV_ADD | EV_CLEAR, key)
    }

    func watch(listener: Int32, key: UInt64) -> Bool {
      change(listener, EVFILT_READ, EV_ADD, key)
    }

    func forget(_ watched: Int32) { _ = change(watched, EVFILT_READ, EV_DELETE, 0) }

    mutating func poll() -> [PollerEvent] {
      var none = timespec()
      let count = unsafe kevent(descriptor, nil, 0, &events, Int32(events.count), &none)
      return unsafe events.prefix(max(0, Int(count))).map { event in
        let isRead = unsafe Int32(event.filter) == EVFILT_READ
        let ends = unsafe Int32(event.flags) & EV_EOF != 0
        return PollerEvent(
          key: UInt64(unsafe UInt(bitPattern: event.udata)), isReadable: isRead, inputEnds: isRead && ends,
          isBroken: unsafe ends && event.fflags != 0)
      }
    }

    private func change(_ watched: Int32, _ filter: Int32, _ flags: Int32, _ key: UInt64) -> Bool {
      var event = unsafe kevent(
        ident: UInt(watched), filter: Int16(filter), flags: UInt16(flags), fflags: 0, data: 0,
        udata: UnsafeMutableRawPointer(bitPattern: UInt(key)))
      return unsafe kevent(descriptor, &event, 1, nil, 0, nil) == 0
    }
  }
#endif
