/// How a pool is used at one moment.
package struct PoolUse: Hashable, Sendable {
  /// Connections that may be open at once.
  package var maximum: Int
  /// Connections that are lent, those being opened included.
  package var inUse: Int
  /// Connections that are open and lent to nobody.
  package var idle: Int
  /// Callers that wait for a connection.
  package var waiting: Int
}
