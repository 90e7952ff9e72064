import CallDomain
import SyncEngine

/// A run that has ended in this process.
struct RunEnd: Sendable {
  let kind: RunKind
  let isSuccess: Bool

  init(kind: RunKind, isSuccess: Bool) {
    self.kind = kind
    self.isSuccess = isSuccess
  }

  /// Nil for an event that ends no run.
  init?(_ event: SyncEvent) {
    switch event {
    case .finished(let kind, _): self.init(kind: kind, isSuccess: true)
    case .failed(let kind, _), .interrupted(let kind): self.init(kind: kind, isSuccess: false)
    default: return nil
    }
  }
}
