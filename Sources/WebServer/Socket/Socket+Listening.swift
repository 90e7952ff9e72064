#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension Socket {
  /// What came of an attempt to accept a connection.
  enum Accepted: ~Copyable {
    case connection(Socket, SocketAddress)
    case nothingYet
    /// The client went away before it was accepted; the next one may be there.
    case lost
    /// There are no descriptors or no memory.
    case exhausted(Int32)
  }

  /// A socket that listens on a numeric address, IPv4 or IPv6.
  static func listening(on address: SocketAddress) throws(SocketError) -> Socket {
    let resolved = try SocketName(address)
    let descriptor = socket(resolved.family, SystemCall.streamSocket, 0)
    guard descriptor >= 0 else { throw .failed(call: "socket", code: errno) }
    let listener = Socket(adopting: descriptor)
    SystemCall.prepare(descriptor)
    listener.set(SOL_SOCKET, SO_REUSEADDR)
    guard resolved.bind(descriptor) == 0 else {
      let code = errno
      throw code == EADDRINUSE
        ? .addressInUse(host: address.host, port: address.port) : .failed(call: "bind", code: code)
    }
    // The system cuts the queue to its own maximum, listen(2).
    guard listen(descriptor, 4096) == 0 else { throw .failed(call: "listen", code: errno) }
    return listener
  }

  /// The address this socket is bound to, getsockname(2).
  func localAddress() throws(SocketError) -> SocketAddress {
    guard let name = SocketName(boundTo: descriptor) else {
      throw .failed(call: "getsockname", code: errno)
    }
    return name.address
  }

  /// accept(2): the next waiting connection.
  func accept() -> Accepted {
    var name = SocketName()
    let accepted = name.accept(descriptor)
    guard accepted >= 0 else {
      let code = errno
      return switch code {
      case _ where SystemCall.wouldBlock(code): .nothingYet
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: .exhausted(code)
      default: .lost
      }
    }
    let connection = Socket(adopting: accepted)
    SystemCall.prepare(accepted)
    connection.sendsWithoutDelay()
    #if canImport(Darwin)
      connection.set(SOL_SOCKET, SO_NOSIGPIPE)
    #endif
    return .connection(connection, name.address)
  }
}
