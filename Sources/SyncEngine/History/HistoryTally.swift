import CallDomain
import Synchronization

/// Counts a resync as its pages are committed, by slice: what a slice counted falls away when it is
/// read anew.
final class HistoryTally: Sendable {
  private let bySlice: Mutex<[Int: RunCounts]>
  private let progress: RunProgress

  /// - Parameter progress: Told the sum whenever it changes.
  init(_ resync: HistoryProgress, progress: RunProgress) {
    bySlice = Mutex(
      Dictionary(resync.parts.map { ($0.slice.number, $0.counts) }, uniquingKeysWith: +))
    self.progress = progress
    progress.set(resync.counts)
  }

  /// - Returns: How many calls of the slice have been read by now.
  @discardableResult
  func count(_ commit: HistoryCommit, _ outcome: PageOutcome) -> Int {
    var added = commit.step.listed
    added.savedCalls = added.storable
    added.createdPhones = outcome.createdPhones
    added.reattributedCalls = outcome.reattributed
    added.refreshedCalls = outcome.refreshed(outside: commit.step.period)
    return bySlice.withLock { slices in
      // A page of a slice that has been given up meanwhile is told again by the slices after it.
      guard let counted = slices[commit.slice.number] else { return 0 }
      slices[commit.slice.number] = counted + added
      progress.add(added)
      return counted.totalCalls + added.totalCalls
    }
  }

  func replace(_ slice: HistorySlice, by parts: [HistorySlice]) {
    bySlice.withLock { slices in
      if let counted = slices.removeValue(forKey: slice.number) { progress.add(RunCounts() - counted) }
      for part in parts { slices[part.number] = RunCounts() }
    }
  }
}
