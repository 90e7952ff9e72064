#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A numeric address and a port.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// Without brackets, such as `127.0.0.1` or `::1`.
  package let host: String
  package let port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// `127.0.0.1:80` or `[::1]:80`.
  package var description: String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// Whether it can be listened on: a numeric address, or `localhost`.
  package var isNumeric: Bool { (try? SocketName(self)) != nil }

  /// Where a client on this machine reaches a server that listens here: for a wildcard, which means every
  /// address, the loopback one of its family. Unchanged when it is no valid address.
  package var fromHere: SocketAddress {
    guard let numeric = try? SocketName(self).address else { return self }
    let loopback = ["0.0.0.0": "127.0.0.1", "::": "::1", "::ffff:0.0.0.0": "127.0.0.1"]
    return SocketAddress(host: loopback[numeric.host] ?? numeric.host, port: port)
  }
}

/// A socket address in the system's own form, sockaddr_storage in sockaddr(3type).
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
      store(four)
    } else if unsafe inet_pton(AF_INET6, host, &six.sin6_addr) == 1 {
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      store(six)
    } else {
      throw .invalidAddress(host: host)
    }
  }

  var family: Int32 { Int32(storage.ss_family) }

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

  /// Lends the name to a system call that reads or writes it.
  mutating func pass(
    to call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> Int32 {
    unsafe withUnsafeMutablePointer(to: &storage) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { name in
        unsafe call(name, &length)
      }
    }
  }

  private mutating func store<Name>(_ name: Name) {
    length = socklen_t(MemoryLayout<Name>.size)
    unsafe withUnsafeMutableBytes(of: &storage) { bytes in
      unsafe bytes.storeBytes(of: name, as: Name.self)
    }
  }
}
