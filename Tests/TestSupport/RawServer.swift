import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server on a loopback port that answers with literal bytes, right ones and wrong ones. It
/// serves until the test process ends, so that no test has to keep it alive.
package final class RawServer: Sendable {
  package let port: Int
  /// Every request as it comes, for tests that wait for one.
  package let arrivals: AsyncStream<String>
  private let log = Log()

  /// Sends `greeting` to each connection at once and calls `answer` with each request, on the
  /// thread of its connection.
  package convenience init(
    greeting: String = "", answer: @escaping @Sendable (String, RawConnection) -> Void
  ) throws {
    try self.init(greeting: Array(greeting.utf8), answer: answer)
  }

  /// The same with a greeting that is no text.
  package convenience init(
    greeting: [UInt8], answer: @escaping @Sendable (String, RawConnection) -> Void = { _, _ in }
  ) throws {
    try self.init(serving: { connection, note in
      connection.write(greeting)
      while let request = connection.readRequest() {
        note(request)
        answer(request, connection)
      }
    })
  }

  /// Leaves each connection to `serve`, on a thread of its own; `note` takes what is to be counted as a request.
  package init(
    serving serve: @escaping @Sendable (RawConnection, _ note: (String) -> Void) -> Void
  ) throws {
    let listener: Int32
    (listener, port) = try Self.bindPort()
    guard listen(listener, 64) == 0 else { throw SocketFailure() }
    let (arrivals, arrival) = AsyncStream.makeStream(of: String.self)
    self.arrivals = arrivals
    let log = log
    Thread.detachNewThread {
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        log.state.withLock { $0.connections += 1 }
        Thread.detachNewThread {
          let connection = RawConnection(descriptor)
          serve(connection) { request in
            log.state.withLock { $0.requests.append(request) }
            arrival.yield(request)
          }
          connection.close()
        }
      }
    }
  }

  /// A proxy that leads through to that port, whatever host is asked for.
  package static func proxy(to port: Int) throws -> RawServer {
    try RawServer(serving: { connection, note in
      guard let request = connection.readRequest() else { return }
      note(request)
      connection.write("HTTP/1.1 200 Connection established\r\n\r\n")
      connection.tunnel(to: port)
    })
  }

  package var url: String { "http://127.0.0.1:\(port)" }
  package var connections: Int { log.state.withLock { $0.connections } }
  package var requests: [String] { log.state.withLock { $0.requests } }

  /// A port that nobody listens on and nobody else gets: it stays bound.
  package static func makeFreePort() throws -> Int {
    try bindPort().port
  }

  private final class Log: Sendable {
    let state = Mutex((connections: 0, requests: [String]()))
  }

  private struct SocketFailure: Error {
    let number = errno
  }

  private static func bindPort() throws -> (descriptor: Int32, port: Int) {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafeMutablePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
      }
    }
    guard isBound else { throw SocketFailure() }
    return (descriptor, Int(in_port_t(bigEndian: address.sin_port)))
  }
}

/// One accepted connection, used by the thread that serves it.
package final class RawConnection {
  private let descriptor: Int32
  private var isOpen = true
  private var received: [UInt8] = []

  fileprivate init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// The next request, its body included; nil when the client has closed.
  fileprivate func readRequest() -> String? {
    while isOpen {
      let text = String(decoding: received, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let length = text.firstMatch(of: /Content-Length: (\d+)/).flatMap { Int($0.1) } ?? 0
        let total = text[..<end.upperBound].utf8.count + length
        if received.count >= total {
          defer { received.removeFirst(total) }
          return String(decoding: received.prefix(total), as: UTF8.self)
        }
      }
      guard receiveMore() else { return nil }
    }
    return nil
  }

  package func write(_ text: String) {
    write(Array(text.utf8))
  }

  /// What has arrived and was not read yet, at least a byte; nil when the client has closed.
  package func read() -> [UInt8]? {
    if received.isEmpty, !receiveMore() { return nil }
    defer { received = [] }
    return received
  }

  /// Gives up when the client does not take it any more, and says so.
  @discardableResult
  package func write(_ bytes: [UInt8]) -> Bool {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe send(descriptor, buffer.baseAddress.map { unsafe $0 + sent }, buffer.count - sent, flags)
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// A complete answer with its length; `fields` are further header lines.
  package func write(status: String = "200 OK", fields: [String] = [], body: [UInt8] = []) {
    let head = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + fields
    write(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
  }

  package func waitForClose() {
    while receiveMore() {}
  }

  package func close() {
    guard isOpen else { return }
    isOpen = false
    Foundation.close(descriptor)
  }

  /// Closes so that the client sees a reset instead of an end.
  package func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  /// Passes on what comes from either side from here on, until one of them closes.
  package func tunnel(to port: Int) {
    guard let server = try? TCPProxySocket.connected(to: .tcp(port: port)) else { return }
    // Each thread has descriptors of its own: what the other has closed may be another connection's by now.
    Self.passOn(from: dup(server), to: dup(descriptor))
    while let bytes = read(), TCPProxySocket.send(bytes[...], to: server) {}
    shutdown(server, Int32(SHUT_RDWR))
    Foundation.close(server)
  }

  private static func passOn(from server: Int32, to client: Int32) {
    Thread.detachNewThread {
      let connection = RawConnection(server)
      while let bytes = connection.read(), TCPProxySocket.send(bytes[...], to: client) {}
      shutdown(client, Int32(SHUT_RDWR))
      Foundation.close(client)
      connection.close()
    }
  }

  private func receiveMore() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    received += buffer.prefix(count)
    return true
  }
}
