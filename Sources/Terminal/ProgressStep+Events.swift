package import SyncEngine

extension ProgressStep {
  /// The step that an engine's event means; nil when it means none.
  package init?(_ event: SyncEvent) {
    switch event {
    case .resuming(let done, let slices, let share):
      self = .planned(slices: slices, done: done, share: share)
    case .slicesPlanned(let slices): self = .planned(slices: slices, done: 0, share: 0)
    // The slice itself gives way to its parts.
    case .sliceReplaced(let parts, let share): self = .added(slices: parts - 1, droppedShare: share)
    case .pageStored(let calls, let share): self = .page(calls: calls, share: share)
    case .sliceDone: self = .sliceDone
    case .retrying, .databaseAway: self = .retry
    default: return nil
    }
  }
}
