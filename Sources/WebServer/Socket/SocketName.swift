#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A socket address as the system keeps it, sockaddr_storage in sockaddr(3type).
struct SocketName {
  private var storage = sockaddr_storage()
  private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

  init() {}

  /// Reads a numeric address, inet_pton(3); `localhost` is 127.0.0.1.
  init(_ address: SocketAddress) throws(SocketError) {
    let host = address.host == "localhost" ? "127.0.0.1" : address.host
    guard let port = UInt16(exactly: address.port) else {
      throw .invalidAddress(host: address.description)
    }
    var four = sockaddr_in()
    var six = sockaddr_in6()
    if unsafe inet_pton(AF_INET, host, &four.sin_addr) == 1 {
      four.sin_family = sa_family_t(AF_INET)
      four.sin_port = port.bigEndian
      take(four)
    } else if unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      take(six)
    } else {
      throw .invalidAddress(host: host)
    }
  }

  /// The name a descriptor is bound to, getsockname(2); nil when it has none.
  init?(boundTo descriptor: Int32) {
    let result = unsafe with { name, length in unsafe getsockname(descriptor, name, length) }
    guard result == 0 else { return nil }
  }

  var family: Int32 {
    Int32(storage.ss_family)
  }

  /// bind(2) of a descriptor to this name.
  func bind(_ descriptor: Int32) -> Int32 {
    var copy = self
    let size = length
    #if canImport(Darwin)
      return unsafe copy.with { name, _ in unsafe Darwin.bind(descriptor, name, size) }
    #elseif canImport(Musl)
      return unsafe copy.with { name, _ in unsafe Musl.bind(descriptor, name, size) }
    #else
      return unsafe copy.with { name, _ in unsafe Glibc.bind(descriptor, name, size) }
    #endif
  }

  /// accept(2) from a listening descriptor; this becomes the other end's name.
  mutating func accept(_ listener: Int32) -> Int32 {
    #if canImport(Darwin)
      return unsafe with { name, length in unsafe Darwin.accept(listener, name, length) }
    #elseif canImport(Musl)
      return unsafe with { name, length in unsafe Musl.accept(listener, name, length) }
    #else
      return unsafe with { name, length in unsafe Glibc.accept(listener, name, length) }
    #endif
  }

  /// As text, inet_ntop(3).
  var address: SocketAddress {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    var port: UInt16 = 0
    unsafe withUnsafeBytes(of: storage) { bytes in
      if family == AF_INET {
        var name = unsafe bytes.loadUnaligned(as: sockaddr_in.self)
        port = name.sin_port
        _ = unsafe inet_ntop(AF_INET, &name.sin_addr, &text, socklen_t(text.count))
      } else if family == AF_INET6 {
        var name = unsafe bytes.loadUnaligned(as: sockaddr_in6.self)
        port = name.sin6_port
        _ = unsafe inet_ntop(AF_INET6, &name.sin6_addr, &text, socklen_t(text.count))
      }
    }
    let host = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return SocketAddress(host: String(decoding: host, as: UTF8.self), port: Int(UInt16(bigEndian: port)))
  }

  private mutating func take<Name>(_ name: Name) {
    length = socklen_t(MemoryLayout<Name>.size)
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      unsafe bytes.storeBytes(of: name, as: Name.self)
    }
  }

  private mutating func with(
    _ call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> Int32 {
    unsafe withUnsafeMutablePointer(to: &storage) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        unsafe call(name, &length)
      }
    }
  }
}
