import CSystem

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The owner of one non-blocking TCP socket; closes it when it goes away.
struct Socket: ~Copyable {
  let descriptor: Int32

  /// Takes over a descriptor that nothing else closes.
  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    // Not repeated after EINTR: the descriptor is gone then, close(2).
    close(descriptor)
  }

  /// Gives the descriptor away without closing it.
  consuming func release() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// Non-blocking, and not inherited by child processes.
  private func prepare() {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  /// Sets a boolean option, setsockopt(2); one that the system does not know is done without.
  private func enable(_ level: Int32, _ option: Int32) {
    var value: Int32 = 1
    _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Whether the last error only says that there is nothing to do yet.
  private static var wouldBlock: Bool { errno == EAGAIN || errno == EWOULDBLOCK }

  // MARK: Listening

  /// What came of an attempt to accept a connection.
  enum Accepted: ~Copyable {
    case connection(Socket, SocketAddress)
    case nothingYet
    /// The client went away before it was accepted; the next one may be there.
    case lost
    /// There are no descriptors or no memory; with the error number.
    case exhausted(Int32)
  }

  /// A socket that listens on a numeric address, IPv4 or IPv6.
  static func listening(on address: SocketAddress) throws(SocketError) -> Socket {
    var name = try SocketName(address)
    let listener = Socket(adopting: socket(name.family, csystem_stream_socket, 0))
    guard listener.descriptor >= 0 else { throw .failed(call: "socket", code: errno) }
    listener.prepare()
    listener.enable(SOL_SOCKET, SO_REUSEADDR)
    guard unsafe name.pass(to: { unsafe bind(listener.descriptor, $0, $1.pointee) }) == 0 else {
      let code = errno
      throw code == EADDRINUSE
        ? .addressInUse(host: address.host, port: address.port) : .failed(call: "bind", code: code)
    }
    // The system cuts the queue to its own maximum, listen(2).
    guard listen(listener.descriptor, 4096) == 0 else { throw .failed(call: "listen", code: errno) }
    return listener
  }

  /// The address that this socket is bound to.
  func localAddress() throws(SocketError) -> SocketAddress {
    var name = SocketName()
    guard unsafe name.pass(to: { unsafe getsockname(descriptor, $0, $1) }) == 0 else {
      throw .failed(call: "getsockname", code: errno)
    }
    return name.address
  }

  /// The next connection that waits, accept(2).
  func acceptNext() -> Accepted {
    var name = SocketName()
    let accepted = unsafe name.pass(to: { unsafe accept(descriptor, $0, $1) })
    guard accepted >= 0 else {
      if Self.wouldBlock { return .nothingYet }
      return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) ? .exhausted(errno) : .lost
    }
    let connection = Socket(adopting: accepted)
    connection.prepare()
    // Small answers go out at once, tcp(7).
    connection.enable(Int32(IPPROTO_TCP), TCP_NODELAY)
    #if canImport(Darwin)
      connection.enable(SOL_SOCKET, SO_NOSIGPIPE)
    #endif
    return .connection(connection, name.address)
  }

  // MARK: A connection

  /// What came of an attempt to receive.
  enum Received {
    case bytes(Int)
    case nothingYet, end, failed
  }

  /// What came of an attempt to send.
  enum Sent {
    case bytes(Int)
    case full, failed
  }

  /// Receives into the whole of `buffer`, recv(2).
  func receive(into buffer: inout [UInt8]) -> Received {
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      Self.repeated { unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0) }
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    return Self.wouldBlock ? .nothingYet : .failed
  }

  /// Sends `bytes` from an offset on, send(2), without SIGPIPE.
  func transmit(_ bytes: [UInt8], from offset: Int) -> Sent {
    let count = unsafe bytes.withUnsafeBytes { bytes in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
      return Self.repeated { unsafe send(descriptor, rest.baseAddress, rest.count, csystem_send_flags) }
    }
    if count >= 0 { return .bytes(count) }
    return Self.wouldBlock ? .full : .failed
  }

  /// Sends FIN after what is still to be sent, shutdown(2).
  func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }

  /// Makes the coming close send RST instead of FIN: SO_LINGER with a time of 0, socket(7).
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Repeats a call that a signal interrupted.
  private static func repeated(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
