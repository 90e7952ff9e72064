import CallDomain

/// Counts a resync as its pages are committed, by slice: what a slice counted falls away when it is
/// read anew.
struct HistoryTally: Sendable {
  var counts: RunCounts
  private var bySlice: [Int: RunCounts]

  init(_ progress: HistoryProgress) {
    counts = progress.counts
    bySlice = Dictionary(uniqueKeysWithValues: progress.parts.map { ($0.slice.number, $0.counts) })
  }

  mutating func countPage(_ commit: HistoryCommit, _ outcome: PageOutcome) {
    var added = commit.listed
    added.savedCalls = added.storable
    added.createdPhones = outcome.createdPhones
    added.reattributedCalls = outcome.reattributed
    added.refreshedCalls = outcome.refreshed(outside: commit.period)
    counts = counts + added
    bySlice[commit.slice.number, default: RunCounts()] =
      bySlice[commit.slice.number, default: RunCounts()] + added
  }

  /// Calls of a slice, as far as it has been read.
  func calls(of slice: HistorySlice) -> Int {
    bySlice[slice.number]?.totalCalls ?? 0
  }

  mutating func forget(_ slice: HistorySlice) {
    guard let counted = bySlice.removeValue(forKey: slice.number) else { return }
    counts = counts - counted
  }
}
