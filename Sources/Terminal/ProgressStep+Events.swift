package import SyncEngine

extension ProgressStep {
  /// The step that an engine's event means; nil when it means none.
  package init?(_ event: SyncEvent) {
    switch event {
    case .resuming(let done, let slices): self = .planned(slices: slices, done: done)
    case .slicesPlanned(let slices): self = .planned(slices: slices, done: 0)
    // The slice itself gives way to its parts.
    case .sliceReplaced(let parts): self = .added(slices: parts - 1)
    case .pageStored(let calls): self = .page(calls: calls)
    case .sliceDone: self = .sliceDone
    case .retrying, .databaseAway: self = .retry
    default: return nil
    }
  }
}
