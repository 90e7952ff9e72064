import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A TCP client that sends exactly the bytes it is given. Its calls wait on a queue of its own, so that a
/// waiting test holds none of the threads that the server's handlers need.
package final class RawSocketClient: Sendable {
  /// Why reading stopped.
  package enum Ending: Hashable, Sendable {
    /// The condition was met.
    case satisfied
    /// The server closed in order (FIN).
    case end
    /// The server reset the connection (RST).
    case reset
    /// The deadline passed.
    case deadline
  }

  /// What was read and why reading stopped.
  package struct Received: Sendable {
    package let bytes: [UInt8]
    package let ending: Ending

    package init(bytes: [UInt8], ending: Ending) {
      self.bytes = bytes
      self.ending = ending
    }

    package var text: String {
      String(decoding: bytes, as: UTF8.self)
    }
  }

  /// What could not be done, with the error number.
  package struct Failure: Error, CustomStringConvertible {
    package let call: String
    package let code: Int32

    package var description: String {
      "The client's \(call) failed with error \(code)."
    }
  }

  private let descriptor: Int32
  private let queue = DispatchQueue(label: "raw-socket-client")
  private let pending = Mutex<[UInt8]>([])
  private let isOpen = Mutex(true)

  /// Connects to an IPv4 address, from another of this machine's where one is named. `receiveBuffer` in bytes, small to
  /// imitate a slow reader.
  package init(
    host: String = "127.0.0.1", port: Int, from source: String? = nil, receiveBuffer: Int32? = nil
  ) async throws {
    descriptor = socket(AF_INET, System.stream, 0)
    guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
    set(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
    if let receiveBuffer { set(SOL_SOCKET, SO_RCVBUF, receiveBuffer) }
    #if canImport(Darwin)
      set(SOL_SOCKET, SO_NOSIGPIPE, 1)
    #endif
    if let source {
      let code = System.bindSocket(descriptor, host: source)
      guard code == 0 else { throw Failure(call: "bind", code: code) }
    }
    let code = await onQueue { [descriptor] in System.connectSocket(descriptor, host: host, port: port) }
    guard code == 0 else { throw Failure(call: "connect", code: code) }
  }

  deinit {
    close()
  }

  /// Sends all of `bytes`, as many writes as it takes.
  package func send(_ bytes: [UInt8]) async throws {
    let code: Int32 = await onQueue { [descriptor] in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = System.send(descriptor, rest)
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { return errno }
        rest = rest.dropFirst(count)
      }
      return 0
    }
    guard code == 0 else { throw Failure(call: "send", code: code) }
  }

  /// Sends a text as UTF-8.
  package func send(_ text: String) async throws {
    try await send(Array(text.utf8))
  }

  /// Reads until `length` finds what it wants at the beginning of the unread bytes and says how long it is;
  /// these bytes are returned, later ones stay for the next call. When the connection ends or `deadline`
  /// passes first, all unread bytes are returned.
  package func read(
    within deadline: Duration = Hang.limit, _ length: @escaping @Sendable ([UInt8]) -> Int?
  ) async -> Received {
    await onQueue { [self] in
      let end = ContinuousClock.now + deadline
      while true {
        if let bytes = pending.withLock({ Self.take(length($0), of: &$0) }) {
          return Received(bytes: bytes, ending: .satisfied)
        }
        if let ending = receiveMore(until: end) {
          return Received(bytes: pending.withLock { Self.take($0.count, of: &$0) ?? [] }, ending: ending)
        }
      }
    }
  }

  /// Reads exactly `count` bytes.
  package func read(count: Int, within deadline: Duration = Hang.limit) async -> Received {
    await read(within: deadline) { $0.count >= count ? count : nil }
  }

  /// Reads until the server closes.
  package func readToEnd(within deadline: Duration = Hang.limit) async -> Received {
    await read(within: deadline) { _ in nil }
  }

  /// Sends FIN and goes on reading.
  package func endSending() {
    _ = shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Closes with RST.
  package func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Closes; what is unread makes the system send RST instead of FIN.
  package func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    if wasOpen { System.close(descriptor) }
  }

  private func onQueue<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: body()) }
    }
  }

  /// One wait of at most a second and one read; nil when there is no end yet.
  private func receiveMore(until end: ContinuousClock.Instant) -> Ending? {
    let left = end - ContinuousClock.now
    guard left > .zero else { return .deadline }
    var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
    guard unsafe poll(&watched, 1, Int32(min(1000, milliseconds + 1))) > 0 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    if count < 0 { return errno == EINTR ? nil : .reset }
    if count == 0 { return .end }
    pending.withLock { $0.append(contentsOf: buffer[..<count]) }
    return nil
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func take(_ count: Int?, of bytes: inout [UInt8]) -> [UInt8]? {
    guard let count else { return nil }
    defer { bytes.removeFirst(count) }
    return Array(bytes.prefix(count))
  }
}

/// Small differences between systems.
private enum System {
  static var stream: Int32 {
    #if canImport(Darwin) || canImport(Musl)
      SOCK_STREAM
    #else
      Int32(SOCK_STREAM.rawValue)
    #endif
  }

  static func close(_ descriptor: Int32) {
    #if canImport(Darwin)
      _ = Darwin.close(descriptor)
    #elseif canImport(Musl)
      _ = Musl.close(descriptor)
    #else
      _ = Glibc.close(descriptor)
    #endif
  }

  static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Int {
    unsafe bytes.withUnsafeBytes { buffer in
      #if canImport(Darwin)
        unsafe Darwin.send(descriptor, buffer.baseAddress, buffer.count, 0)
      #elseif canImport(Musl)
        unsafe Musl.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      #else
        unsafe Glibc.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      #endif
    }
  }

  /// - Returns: 0 or the error number.
  static func bindSocket(_ descriptor: Int32, host: String) -> Int32 {
    unsafe withName(host: host, port: 0) { unsafe bind(descriptor, $0, $1) }
  }

  /// - Returns: 0 or the error number.
  static func connectSocket(_ descriptor: Int32, host: String, port: Int) -> Int32 {
    unsafe withName(host: host, port: port) { unsafe connect(descriptor, $0, $1) }
  }

  private static func withName(
    host: String, port: Int, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = UInt16(clamping: port).bigEndian
    guard unsafe inet_pton(AF_INET, host, &name.sin_addr) == 1 else { return EINVAL }
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = unsafe withUnsafePointer(to: &name) { name in
      unsafe name.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, size) }
    }
    return result == 0 ? 0 : errno
  }
}
