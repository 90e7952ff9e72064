package import Postgres
import Synchronization

/// A way to a database on which answers are lost: the server has done what it was asked and has said so, and the
/// connection ends before anybody hears it.
package final class LostAnswers: Sendable {
  private struct State {
    /// Nil for the end of a transaction of several round trips.
    var question: String?
    /// Answers that are still to be lost.
    var remaining = 0
    var lost = 0
    /// Connections that have put the question.
    var asking: Set<Int> = []
    var staysCut = false
    var isCut = false
    /// Whether the question passes once after each loss; nil when it does not, else whether it does now.
    var isSparing: Bool?
  }

  private let proxy: TCPProxy
  private let state = Mutex(State())

  /// Loses nothing yet.
  package init(to target: TCPProxy.Target) throws {
    proxy = try TCPProxy(to: target)
    proxy.judgeEach { [weak self] connection, direction, bytes in
      self?.judge(connection, direction, bytes) ?? .forward
    }
  }

  /// Loses the answers to the next statements, or pipelines, that contain a text; without one, to the next
  /// commits, but for those of single statements.
  ///
  /// - Parameters:
  ///   - forGood: After the last one no connection comes about until `mend`.
  ///   - sparingRepetitions: After each loss one such question is answered.
  package func lose(
    _ count: Int = 1, to question: String? = nil, forGood: Bool = false,
    sparingRepetitions: Bool = false
  ) {
    state.withLock { state in
      (state.question, state.remaining, state.staysCut, state.lost) = (question, count, forGood, 0)
      state.isSparing = sparingRepetitions ? false : nil
    }
  }

  /// Lets everything pass again.
  package func mend() {
    state.withLock { state in (state.remaining, state.staysCut, state.isCut) = (0, false, false) }
  }

  /// How many answers were lost since they were to be.
  package var lost: Int { state.withLock(\.lost) }

  /// The port on 127.0.0.1 that leads there.
  package var port: Int { proxy.port }

  /// Takes no more connections.
  package func close() { proxy.close() }

  private func judge(_ connection: Int, _ direction: TCPProxy.Direction, _ bytes: [UInt8]) -> TCPProxy.Verdict
  {
    state.withLock { state in
      if state.isCut { return .cutBefore }
      if direction == .toServer {
        let text = String(decoding: bytes, as: UTF8.self)
        let isAsked =
          state.question.map(text.contains)
          ?? (text.contains("COMMIT\0") && !text.contains("BEGIN ISOLATION"))
        guard state.remaining > 0, isAsked else { return .forward }
        if state.isSparing == true {
          state.isSparing = false
        } else {
          state.isSparing = state.isSparing.map { _ in true }
          state.remaining -= 1
          state.asking.insert(connection)
        }
        return .forward
      }
      guard state.asking.contains(connection) else { return .forward }
      // ReadyForQuery, which ends an answer, and the state of the transaction.
      guard bytes.dropLast().suffix(5) == [UInt8(ascii: "Z"), 0, 0, 0, 5] else { return .swallow }
      state.asking.remove(connection)
      state.lost += 1
      state.isCut = state.staysCut && state.remaining == 0
      return .cutBefore
    }
  }
}

extension PostgresTestDatabase {
  /// A way to the database on which answers can be lost; to be closed at the end.
  package func losingAnswers() throws -> LostAnswers { try LostAnswers(to: .unix(path: socket)) }

  /// A pool whose connections go through `answers`.
  package func pool(through answers: LostAnswers) -> PostgresPool { pool(throughPort: answers.port) }

  /// A pool whose connections go through a port on 127.0.0.1.
  func pool(throughPort port: Int) -> PostgresPool {
    pool {
      $0.connectionString =
        "host=127.0.0.1 port=\(port) sslmode=disable gssencmode=disable user=\(serviceRole) dbname=\(name)"
    }
  }
}
