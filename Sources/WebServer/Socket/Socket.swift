#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The owner of one non-blocking TCP socket; closes it when it goes away.
struct Socket: ~Copyable {
  /// What came of an attempt to receive.
  enum Received {
    case bytes(Int)
    case nothingYet
    case end
    case failed
  }

  /// What came of an attempt to send.
  enum Sent {
    case bytes(Int)
    case full
    case failed
  }

  let descriptor: Int32

  /// Takes over a descriptor that nobody else closes.
  init(adopting descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    _ = SystemCall.close(descriptor)
  }

  /// Gives the descriptor away without closing it.
  consuming func release() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// recv(2) into the whole of `buffer`.
  func receive(into buffer: inout [UInt8]) -> Received {
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      SystemCall.retried { unsafe recv(descriptor, bytes.baseAddress, bytes.count, 0) }
    }
    if count > 0 { return .bytes(count) }
    if count == 0 { return .end }
    return SystemCall.wouldBlock(errno) ? .nothingYet : .failed
  }

  /// send(2) of `bytes` from an offset on, without SIGPIPE.
  func send(_ bytes: [UInt8], from offset: Int) -> Sent {
    let count = unsafe bytes.withUnsafeBytes { bytes in
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[offset...])
      return SystemCall.retried {
        unsafe SystemCall.send(descriptor, rest.baseAddress, rest.count)
      }
    }
    if count >= 0 { return .bytes(count) }
    return SystemCall.wouldBlock(errno) ? .full : .failed
  }

  /// Sends FIN after what is still to be sent, shutdown(2).
  func endSending() {
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Makes the coming close send RST instead of FIN: SO_LINGER with a time of 0, socket(7).
  func resetOnClose() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
  }

  /// Sends small answers at once, tcp(7).
  func sendsWithoutDelay() {
    set(Int32(IPPROTO_TCP), TCP_NODELAY)
  }

  /// Sets a boolean option, setsockopt(2); one that the system does not know is done without.
  func set(_ level: Int32, _ option: Int32, to value: Int32 = 1) {
    var value = value
    _ = unsafe setsockopt(
      descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }
}
