/// A socket that does not do what is asked of it. Its sentences are the only ones of this room that operators
/// read; they appear inside the log's.
package enum SocketError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The host is no numeric IPv4 or IPv6 address.
  case invalidAddress(host: String)
  /// Another program listens there.
  case addressInUse(host: String, port: Int)
  /// The server was started or stopped before.
  case alreadyStarted
  /// Any other failure of a system call, with its error number.
  case failed(call: String, code: Int32)

  package var description: String {
    switch self {
    case .invalidAddress(let host): "«\(host)» no es una dirección IPv4 o IPv6 numérica"
    case .addressInUse(let host, let port): "otro programa ocupa el puerto \(port) de \(host)"
    case .alreadyStarted: "este servidor ya se había iniciado"
    case .failed(let call, let code): "la llamada al sistema \(call) falló con el error \(code)"
    }
  }
}
