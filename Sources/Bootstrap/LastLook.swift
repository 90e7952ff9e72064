package import CallDomain
import Synchronization

/// What the last look at the database that got an answer said of the schema.
package final class LastLook: Sendable {
  /// How long a look waits for a connection, and for the answer to a statement: what stands and has none by then
  /// is busy. The server then has a moment for its last word.
  package static let statementLimit = Duration.seconds(2)
  /// Milliseconds after which a look is cut off that has not even come to a statement.
  package static let limit: Int64 = 3000

  private let schema = Mutex(Readiness.Schema.unknown)
  private let told = Mutex<RunFailure.Kind?>(nil)

  /// Nobody has looked yet.
  package init() {}

  /// Whether the log has not told yet that a look fails so, since it last succeeded or failed in another way.
  func isNews(_ kind: RunFailure.Kind) -> Bool {
    told.withLock { told in
      defer { told = kind }
      // A look that was cut off tells nothing.
      return told != kind && kind != .stopping
    }
  }

  /// - Parameter isWorking: Whether connections of ours are at work: only then is a database that leaves a look
  ///   without an answer busy, and not out of reach.
  /// - Returns: What this look amounts to; of a busy database the last one's answer still holds.
  @discardableResult
  package func note(_ look: Readiness, isWorking: Bool = false) -> Readiness {
    if look.isReady { told.withLock { $0 = nil } }
    return schema.withLock { schema in
      if look.database == .busy, isWorking { return Readiness(database: .busy, schema: schema) }
      schema = look.database == .ok ? look.schema : .unknown
      return look.database == .busy ? Readiness(database: .unreachable, schema: .unknown) : look
    }
  }
}
