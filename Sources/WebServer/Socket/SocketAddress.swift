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
}
