package import Postgres
import Synchronization

/// A way to a transaction pooler on which every Sync message begins a segment of its own, so that whoever reads
/// there finds it at the beginning of what it has read.
package final class SyncSplitter: Sendable {
  private let proxy: TCPProxy
  private let state = Mutex((messages: [Int: ProtocolMessages](), splits: 0))

  /// - Parameter socket: The Unix socket that it leads to.
  init(to socket: String) throws {
    proxy = try TCPProxy(to: .unix(path: socket))
    proxy.judgeEach { [weak self] connection, direction, bytes in
      guard direction == .toServer, let self else { return .forward }
      return state.withLock { state in
        let places = state.messages[connection, default: ProtocolMessages()].take(bytes)
          .filter { $0.type == "S" }.map(\.offset)
        state.splits += places.count
        return .pieces(places)
      }
    }
  }

  /// Messages that have begun a segment so far.
  package var splits: Int { state.withLock(\.splits) }

  /// Takes no more connections.
  package func close() { proxy.close() }

  /// The port on 127.0.0.1 that leads there.
  var port: Int { proxy.port }
}

extension PostgresCluster {
  /// The way to this cluster's pooler, which is started in transaction mode if it is not there yet.
  package func syncSplitter() async throws -> SyncSplitter {
    _ = try await bouncer()
    return try SyncSplitter(to: poolerSocket)
  }
}

extension PostgresTestDatabase {
  /// A pool whose connections go through `splitter`.
  package func pool(through splitter: SyncSplitter) -> PostgresPool { pool(throughPort: splitter.port) }
}
