import Synchronization

/// Keeps runs out while the schema is being migrated at the start.
final class MigrationGate: Sendable {
  private let migrating: Mutex<Bool>

  init(isMigrating: Bool) {
    migrating = Mutex(isMigrating)
  }

  var isMigrating: Bool { migrating.withLock { $0 } }

  func open() {
    migrating.withLock { $0 = false }
  }
}
