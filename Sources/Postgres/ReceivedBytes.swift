#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How much has come over a TCP connection: libpq gathers a result whole, and says nothing of its size before it
/// is complete.
struct ReceivedBytes {
  let socket: Int32
  private let start: UInt64

  /// Counts from now on.
  init(on socket: Int32) {
    self.socket = socket
    start = Self.total(socket) ?? 0
  }

  /// Nil where the system does not tell: over a Unix socket, whose server is this machine's own, and beside Linux.
  var count: UInt64? { Self.total(socket).map { $0 - min($0, start) } }

  /// What has come since the connection began.
  static func total(_ socket: Int32) -> UInt64? {
    #if os(Linux)
      // `tcpi_bytes_received` of linux/tcp.h, `struct tcp_info`, since Linux 4.1; the C library's copy ends before.
      let (offset, size) = (128, 8)
      var info = [UInt8](repeating: 0, count: 256)
      var length = socklen_t(info.count)
      guard unsafe getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &info, &length) == 0,
        Int(length) >= offset + size
      else { return nil }
      return unsafe info[offset..<offset + size].withUnsafeBytes { unsafe $0.loadUnaligned(as: UInt64.self) }
    #else
      return nil
    #endif
  }
}
