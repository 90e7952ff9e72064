/// A socket that does not do what is asked of it.
package enum SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The host is no numeric address of this machine's kinds.
  case invalidAddress(host: String)
  /// Another program listens there.
  case addressInUse(host: String, port: Int)
  /// The server was started or stopped before.
  case alreadyStarted
  /// Any other failure of a system call, with its error number.
  case failed(call: String, code: Int32)

  package var description: String {
    switch self {
    case .invalidAddress(let host):
      "'\(host)' is no address to listen on; give a numeric IPv4 or IPv6 address."
    case .addressInUse(let host, let port):
      "Port \(port) of \(host) is taken; stop the other program or choose another port."
    case .alreadyStarted:
      "This server was started before; make a new one."
    case .failed(let call, let code):
      "The system call \(call) failed with error \(code); see its manual page."
    }
  }
}
