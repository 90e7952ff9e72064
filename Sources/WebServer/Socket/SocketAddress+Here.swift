extension SocketAddress {
  /// Where a client on this machine reaches a server that listens here: a wildcard is every address, the
  /// loopback one of its family among them. Unchanged where nobody can listen.
  package var fromHere: SocketAddress {
    guard let numeric = try? SocketName(self).address else { return self }
    let loopback = ["0.0.0.0": "127.0.0.1", "::": "::1", "::ffff:0.0.0.0": "127.0.0.1"]
    return SocketAddress(host: loopback[numeric.host] ?? numeric.host, port: port)
  }
}
