import Synchronization

/// How many connections all loops have together, and how many they may have.
final class ConnectionCount: Sendable {
  private let count = Atomic(0)
  private let limit: Int

  /// Leaves descriptors for everything else the process opens: a flood of connections must not keep it from
  /// its database.
  init(limit: Int, descriptors: Int) {
    self.limit = max(1, min(limit, descriptors - max(32, min(descriptors / 4, 128))))
  }

  /// Counts one more connection; false when there are as many as allowed.
  func add() -> Bool {
    let before = count.add(1, ordering: .relaxed).oldValue
    if before < limit { return true }
    remove()
    return false
  }

  func remove() {
    count.subtract(1, ordering: .relaxed)
  }
}
