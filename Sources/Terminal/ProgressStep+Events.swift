package import SyncEngine

extension ProgressStep {
  /// The step that an engine's event means; nil when it means none.
  package init?(_ event: SyncEvent) {
    switch event {
    case .resuming(let done, let slices): self = .planned(slices: slices, done: done)
    case .sliceDone: self = .sliceDone
    case .retrying: self = .retry
    default: return nil
    }
  }
}
