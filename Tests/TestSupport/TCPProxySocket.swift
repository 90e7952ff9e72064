import Foundation
import Synchronization

/// A port that was free on the loopback interface a moment ago, from below those that the system hands out
/// by itself: whoever is to listen there begins to only seconds later. No port is given twice.
enum LoopbackPort {
  private static let given = Mutex(Set<Int>())

  static func free() throws -> Int {
    for _ in 0..<100 {
      guard let listener = try? TCPProxySocket.listening(on: .random(in: 20_000..<32_000)) else { continue }
      close(listener.descriptor)
      guard given.withLock({ $0.insert(listener.port).inserted }) else { continue }
      return listener.port
    }
    throw TCPProxySocket.Failure(description: "no port from 20000 to 31999 is free")
  }
}

/// The few socket calls the proxy needs.
enum TCPProxySocket {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  #if os(Linux)
    private static let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    private static let noSignal = Int32(MSG_NOSIGNAL)
  #else
    private static let stream = SOCK_STREAM
    private static let noSignal: Int32 = 0
  #endif

  /// - Parameter port: 0 for one that the system chooses.
  static func listening(on port: Int = 0) throws -> (descriptor: Int32, port: Int) {
    let descriptor = socket(AF_INET, stream, 0)
    guard descriptor >= 0 else { throw failure("socket") }
    var address = loopback(port: port)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe bind(descriptor, $0, size) }
    }
    guard bound == 0, listen(descriptor, 64) == 0 else { throw failure("listen", closing: descriptor) }
    var length = size
    let named = unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &length)
      }
    }
    guard named == 0 else { throw failure("getsockname", closing: descriptor) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  static func connected(to target: TCPProxy.Target) throws -> Int32 {
    switch target {
    case .tcp(let port):
      let descriptor = socket(AF_INET, stream, 0)
      var address = loopback(port: port)
      return try connect(descriptor, &address)
    case .unix(let path):
      let descriptor = socket(AF_UNIX, stream, 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
      return try connect(descriptor, &address)
    }
  }

  /// Lets bytes sent one by one arrive one by one.
  static func sendAtOnce(_ descriptor: Int32) {
    var on: Int32 = 1
    unsafe setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Whether all bytes were taken.
  static func send(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { bytes in
        #if os(Linux)
          unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, noSignal)
        #else
          unsafe Darwin.send(descriptor, bytes.baseAddress, bytes.count, noSignal)
        #endif
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Whether the other end of a Unix socket has not read yet all that was sent to it.
  static func hasUnread(_ descriptor: Int32) -> Bool {
    #if os(Linux)
      var count: Int32 = 0
      return unsafe ioctl(descriptor, UInt(TIOCOUTQ), &count) == 0 && count > 0
    #else
      false
    #endif
  }

  /// What has arrived, empty at the end, nil when nothing arrives for `milliseconds`.
  static func receive(from descriptor: Int32, within milliseconds: Int32) -> [UInt8]? {
    guard isReadable(descriptor, within: milliseconds) else { return nil }
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16384) { buffer, count in
      count = unsafe max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }
    return bytes
  }

  static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&entry, 1, milliseconds) > 0
  }

  private static func connect<Address>(_ descriptor: Int32, _ address: inout Address) throws -> Int32 {
    let size = socklen_t(MemoryLayout<Address>.size)
    let status = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        #if os(Linux)
          unsafe Glibc.connect(descriptor, $0, size)
        #else
          unsafe Darwin.connect(descriptor, $0, size)
        #endif
      }
    }
    guard status == 0 else { throw failure("connect", closing: descriptor) }
    return descriptor
  }

  private static func loopback(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }

  private static func failure(_ call: String, closing descriptor: Int32 = -1) -> Failure {
    let code = errno
    if descriptor >= 0 { close(descriptor) }
    return Failure(description: "\(call) failed with errno \(code)")
  }
}
