/// How a connection reaches the server; for a check of the configuration.
package struct PostgresTransport: Hashable, Sendable {
  /// Whether TLS protects the connection up to the server or pooler it is made to.
  package let isEncrypted: Bool
  /// Whether the server is on another machine: neither a Unix socket nor a loopback address.
  package let isRemote: Bool
}
