/// What `/ready` tells: one word per check, nothing that helps an attacker.
package struct Readiness: Hashable, Sendable {
  /// Whether the database can be used for a run.
  package enum Database: String, Sendable, CaseIterable {
    case ok
    /// Every connection is at work, so that nobody could look; the schema is what it was at the last look.
    case busy
    case unreachable
    case readOnly = "read-only"
    case forbidden
    case hiddenRows = "hidden-rows"
    case noDefaultWorkspace = "no-default-workspace"
    case full
  }

  /// Whether the schema is the one this program writes.
  package enum Schema: String, Sendable, CaseIterable {
    case ok
    case old
    /// A table or a column is missing that a schema of this version has.
    case incomplete
    case new
    case migrating
    /// Which schema is ours cannot be told, or it cannot be used.
    case unclear
    case unknown
  }

  package var database: Database
  package var schema: Schema

  package init(database: Database, schema: Schema) {
    self.database = database
    self.schema = schema
  }

  package var isReady: Bool { (database == .ok || database == .busy) && schema == .ok }
}

extension Readiness {
  /// What a failed look at the database means.
  package init(_ failure: RunFailure) {
    guard case .database(let fault) = failure.kind else {
      self.init(database: .unreachable, schema: .unknown)
      return
    }
    switch fault {
    case .oldSchema: self.init(database: .ok, schema: .old)
    case .incompleteSchema: self.init(database: .ok, schema: .incomplete)
    case .newSchema: self.init(database: .ok, schema: .new)
    case .unclearSchema: self.init(database: .ok, schema: .unclear)
    case .noDefaultWorkspace: self.init(database: .noDefaultWorkspace, schema: .ok)
    case .busy: self.init(database: .busy, schema: .unknown)
    case .readOnly: self.init(database: .readOnly, schema: .unknown)
    case .full: self.init(database: .full, schema: .unknown)
    case .forbidden: self.init(database: .forbidden, schema: .unknown)
    case .hiddenRows: self.init(database: .hiddenRows, schema: .unknown)
    case .unreachable, .refused: self.init(database: .unreachable, schema: .unknown)
    }
  }
}
