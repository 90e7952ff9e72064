#if canImport(Darwin)
  import Darwin

  /// Watches many descriptors at once, kqueue(2). Its own descriptor is readable while events wait, so one
  /// Dispatch source serves them all.
  struct Poller: ~Copyable {
    let descriptor: Int32
    private var events = [kevent](repeating: kevent(), count: 256)

    init() throws(SocketError) {
      descriptor = kqueue()
      guard descriptor >= 0 else { throw .failed(call: "kqueue", code: errno) }
    }

    deinit {
      _ = SystemCall.close(descriptor)
    }

    /// Watches a connection; each event is told once, when it happens.
    func watch(_ connection: Int32, key: UInt64) -> Bool {
      change(connection, EVFILT_READ, EV_ADD | EV_CLEAR, key)
        && change(connection, EVFILT_WRITE, EV_ADD | EV_CLEAR, key)
    }

    /// Watches a listening socket, told of again and again while connections wait.
    func watch(listener: Int32, key: UInt64) -> Bool {
      change(listener, EVFILT_READ, EV_ADD, key)
    }

    /// Ends watching. A closed descriptor is forgotten by itself.
    func forget(_ watched: Int32) {
      _ = change(watched, EVFILT_READ, EV_DELETE, 0)
    }

    /// What has happened since the last call, kevent(2) without waiting.
    mutating func poll() -> [PollerEvent] {
      var none = timespec()
      let count = unsafe kevent(descriptor, nil, 0, &events, Int32(events.count), &none)
      return unsafe events.prefix(max(0, Int(count))).map { event in
        let isRead = unsafe Int32(event.filter) == EVFILT_READ
        let ends = unsafe Int32(event.flags) & EV_EOF != 0
        return PollerEvent(
          key: UInt64(unsafe UInt(bitPattern: event.udata)), isReadable: isRead, isWritable: !isRead,
          inputEnds: isRead && ends, isBroken: unsafe ends && event.fflags != 0)
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
