import CallDomain
import Synchronization

/// How far a run has come: written by the run, read by whoever records or shows it.
final class RunProgress: Sendable {
  private struct State {
    var period: Period?
    var counts = RunCounts()
    var moves: [WorkspaceMove: Int] = [:]
    var requests = 0
    var hasWarnedOfClock = false
  }

  private let state = Mutex(State())

  var period: Period? { state.withLock(\.period) }

  /// The counts so far, requests to Twilio included.
  var counts: RunCounts {
    state.withLock { state in
      var counts = state.counts
      counts.twilioRequests = state.requests
      return counts
    }
  }

  func set(_ period: Period) {
    state.withLock { $0.period = period }
  }

  func set(_ counts: RunCounts) {
    state.withLock { $0.counts = counts }
  }

  func add(_ counts: RunCounts) {
    state.withLock { $0.counts = $0.counts + counts }
  }

  var moves: [WorkspaceMove: Int] { state.withLock(\.moves) }

  func set(_ moves: [WorkspaceMove: Int]) {
    state.withLock { $0.moves = moves }
  }

  /// Counts a request to Twilio, a repeated one too.
  func countRequest() {
    state.withLock { $0.requests += 1 }
  }

  /// True the first time it is asked.
  func isFirstClockWarning() -> Bool {
    state.withLock { state in
      defer { state.hasWarnedOfClock = true }
      return !state.hasWarnedOfClock
    }
  }
}

/// Counts a run as its pages are committed. Every SID counts once.
struct RunCounter {
  private(set) var counts = RunCounts()
  private var seen: Set<CallSID> = []
  private var unmatched: Set<CallSID> = []
  private var refreshed: Set<CallSID> = []
  /// Calls whose workspace changed, by where they went.
  private(set) var moves: [WorkspaceMove: Int] = [:]

  /// Counts calls of the period as Twilio listed them.
  mutating func countListed(_ calls: [Call]) {
    for call in calls where seen.insert(call.sid).inserted {
      counts.count(call)
    }
  }

  /// Calls of the period that are or will be stored.
  var storable: Int { counts.storable }

  /// Counts what a commit did, with the calls of the period it held.
  mutating func countCommitted(_ outcome: PageOutcome) {
    counts.createdPhones += outcome.createdPhones
    counts.reattributedCalls += outcome.reattributed
    for (sid, isMatched) in outcome.transfers where seen.contains(sid) {
      if isMatched { unmatched.remove(sid) } else { unmatched.insert(sid) }
    }
    counts.unmatchedCalls = unmatched.count
    refreshed.formUnion(outcome.changed.subtracting(seen))
    counts.refreshedCalls = refreshed.count
    counts.savedCalls = storable
  }

  /// Counts what a commit of stored calls did: every call whose workspace changed is reattributed.
  mutating func countReread(_ outcome: PageOutcome) {
    countCommitted(outcome)
    moves.merge(outcome.moves, uniquingKeysWith: +)
    counts.reattributedCalls = moves.values.reduce(0, +)
  }
}

/// Counts a resync as its pages are committed, by slice: what a slice counted falls away when it is
/// read anew.
final class ResyncCounter: Sendable {
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
