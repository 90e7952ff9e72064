package import Postgres
import Synchronization

/// A way to a database that can be made to end between any two statements, exactly there: the server has
/// read so many statements and then the end of the connection.
package final class StatementCutter: Sendable {
  private struct State {
    var messages: [Int: ProtocolMessages] = [:]
    /// Statements that still pass; nil when nothing is to be cut.
    var remaining: Int?
    var passed = 0
    var staysCut = false
    var isCut = false
  }

  private let proxy: TCPProxy
  private let state = Mutex(State())

  init(to socket: String) throws {
    proxy = try TCPProxy(to: .unix(path: socket))
    proxy.judgeEach { [weak self] connection, direction, bytes in
      guard direction == .toServer, let self else { return .forward }
      return judge(bytes, of: connection)
    }
  }

  /// Cuts the connection after `count` more statements, BEGIN and COMMIT counted as well.
  ///
  /// - Parameter forGood: New connections fail, too, as those of a process that was killed would.
  package func cut(afterStatements count: Int, forGood: Bool) {
    state.withLock { state in
      state.remaining = count
      state.staysCut = forGood
      state.isCut = false
    }
  }

  /// Lets everything pass again.
  ///
  /// - Returns: Whether a connection was cut, and not the work over before.
  @discardableResult
  package func mend() -> Bool {
    state.withLock { state in
      state.remaining = nil
      state.staysCut = false
      return state.isCut
    }
  }

  /// Statements that came so far.
  package var passed: Int { state.withLock(\.passed) }

  /// The port on 127.0.0.1 that leads there.
  package var port: Int { proxy.port }

  /// Takes no more connections.
  package func close() { proxy.close() }

  private func judge(_ bytes: [UInt8], of connection: Int) -> TCPProxy.Verdict {
    state.withLock { state in
      if state.isCut, state.staysCut { return .cutBefore }
      for message in state.messages[connection, default: ProtocolMessages()].take(bytes) {
        // Parse, Bind, Describe, Execute, and Sync at the end of a pipeline.
        if message.type == "E" { state.passed += 1 }
        guard let remaining = state.remaining, "PBDES".contains(message.type) else { continue }
        if remaining == 0 {
          state.remaining = nil
          state.isCut = true
          return .end(after: message.offset)
        }
        if message.type == "E" { state.remaining = remaining - 1 }
      }
      return .forward
    }
  }
}

extension PostgresTestDatabase {
  /// A way to the database that can be cut; to be closed at the end.
  package func cutter() throws -> StatementCutter { try StatementCutter(to: socket) }

  /// A pool whose connections go through `cutter`.
  package func pool(through cutter: StatementCutter) -> PostgresPool { pool(throughPort: cutter.port) }
}
