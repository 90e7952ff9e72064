import CallDomain
import Synchronization

/// How far a run has come: written by the run, read by whoever records or shows it.
final class RunProgress: Sendable {
  private struct State {
    var period: Period?
    var counts = RunCounts()
    var days: [AuditDay] = []
    var rehearsed: [CallSID: CallMove] = [:]
    var requests = 0
    var hasWarnedOfClock = false
    var pageSize = RunProgress.pageSizes[0]
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

  /// Of an audit, the days that it has done.
  var days: [AuditDay] { state.withLock(\.days) }

  func set(_ days: [AuditDay]) {
    state.withLock { $0.days = days }
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

  /// What a rehearsal would have moved: nothing else knows it.
  var rehearsed: [CallMove] { state.withLock { Array($0.rehearsed.values) } }

  func rehearse(_ moves: [CallMove]) {
    state.withLock { state in
      for move in moves { state.rehearsed[move.sid] = move }
    }
  }

  /// Counts a request to Twilio, a repeated one too.
  func countRequest() {
    state.withLock { $0.requests += 1 }
  }

  /// Calls on a page: Twilio's largest first; answers above 200 have failed by their size in the field.
  static let pageSizes = [CallQuery.largestPage, 200, 50]

  /// Calls that the run asks for on a page.
  var pageSize: Int { state.withLock(\.pageSize) }

  /// From here on pages are smaller than one of this size, unless they are so already, or as small as they get:
  /// several that are asked for side by side fail together, and are one reason.
  func makePagesSmaller(than size: Int) {
    state.withLock { state in
      guard state.pageSize >= size else { return }
      state.pageSize = Self.pageSizes.first { $0 < size } ?? state.pageSize
    }
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
  private var warnings = RunWarnings()
  /// Refused calls of the period.
  private var refusedOfPeriod: Set<CallSID> = []
  private var missing: Set<CallSID> = []
  private var moved: Set<CallSID> = []
  private var unmatched: Set<CallSID> = []
  private var refreshed: Set<CallSID> = []

  /// Counts calls of the period as Twilio listed them.
  mutating func countListed(_ calls: [Call]) {
    for call in calls where seen.insert(call.sid).inserted {
      counts.count(call)
    }
  }

  /// Calls of the period that are or will be stored.
  var storable: Int { counts.storable }

  /// What the run has set aside.
  var refused: Set<CallSID> { warnings.refused }
  /// How many calls the run has left as they are stored.
  var kept: Int { warnings.kept.count }

  /// Counts what a commit did, with the calls of the period it held.
  ///
  /// - Returns: What is to be told of it.
  mutating func countCommitted(_ outcome: PageOutcome) -> [SyncEvent] {
    for call in outcome.refused where seen.contains(call.sid) && refusedOfPeriod.insert(call.sid).inserted {
      counts.refuse(call)
    }
    missing.formUnion(outcome.missing.intersection(seen))
    counts.createdPhones += outcome.createdPhones
    moved.formUnion(outcome.moves.lazy.map(\.sid))
    counts.reattributedCalls = moved.count
    for (sid, isMatched) in outcome.transfers where seen.contains(sid) {
      if isMatched { unmatched.remove(sid) } else { unmatched.insert(sid) }
    }
    counts.unmatchedCalls = unmatched.count
    refreshed.formUnion(outcome.changed.subtracting(seen))
    counts.refreshedCalls = refreshed.count
    counts.savedCalls = max(0, storable - missing.count)
    return warnings.note(outcome)
  }
}

/// What a run tells of calls and numbers that the database did not take: each once.
struct RunWarnings {
  private(set) var refused: Set<CallSID> = []
  private var phones: Set<PhoneNumber> = []
  private(set) var kept: Set<CallSID> = []
  private var missing: Set<CallSID> = []

  mutating func note(_ outcome: PageOutcome) -> [SyncEvent] {
    var events: [SyncEvent] = []
    for call in outcome.refused where refused.insert(call.sid).inserted { events.append(.refused(call)) }
    for (number, reason) in outcome.refusedPhones.sorted(by: { $0.key.canonical < $1.key.canonical })
    where phones.insert(number).inserted {
      events.append(.phoneRefused(number, reason: reason))
    }
    if var calls = outcome.kept {
      calls.sids.subtract(kept)
      kept.formUnion(calls.sids)
      if !calls.sids.isEmpty { events.append(.kept(calls)) }
    }
    let new = outcome.missing.subtracting(missing)
    missing.formUnion(new)
    if !new.isEmpty { events.append(.notTaken(calls: new.count)) }
    return events
  }
}

/// Counts a resync as its pages are committed, by slice: what a slice counted falls away when it is
/// read anew, but for what was done to the tables.
final class ResyncCounter: Sendable {
  private struct State {
    var bySlice: [Int: RunCounts]
    var moved: Set<CallSID>
    var movedAtNews: Int
    var refreshed: Set<CallSID>
  }

  private let state: Mutex<State>
  private let warnings = Mutex(RunWarnings())
  private let progress: RunProgress

  /// - Parameter progress: Told the sum whenever it changes.
  init(_ resync: HistoryProgress, progress: RunProgress) {
    state = Mutex(
      State(
        bySlice: Dictionary(resync.parts.map { ($0.slice.number, $0.counts) }, uniquingKeysWith: +),
        moved: resync.moved, movedAtNews: resync.moved.count, refreshed: resync.redecided))
    self.progress = progress
    progress.set(resync.counts)
  }

  /// What the run has set aside.
  var refused: Set<CallSID> { warnings.withLock(\.refused) }
  /// How many calls the run has left as they are stored.
  var kept: Int { warnings.withLock(\.kept.count) }

  /// What is to be told of a commit that was counted: of moved calls only when they are twice as many as at the last
  /// time, so that many thousands make few lines.
  func news(of outcome: PageOutcome) -> [SyncEvent] {
    let moved = state.withLock { state -> Int? in
      guard !state.moved.isEmpty, state.moved.count / 2 >= state.movedAtNews else { return nil }
      state.movedAtNews = state.moved.count
      return state.movedAtNews
    }
    return warnings.withLock { $0.note(outcome) } + [moved.map(SyncEvent.moving(calls:))].compactMap(\.self)
  }

  /// A call that several pages move, or decide anew, counts once.
  ///
  /// - Returns: How many calls of the slice have been read by now.
  @discardableResult
  func count(_ commit: HistoryCommit, _ outcome: PageOutcome) -> Int {
    var added = commit.step.counts(outcome)
    return state.withLock { state in
      added.reattributedCalls = outcome.moves.count { state.moved.insert($0.sid).inserted }
      added.refreshedCalls = outcome.redecided(outside: commit.step.period)
        .count { state.refreshed.insert($0).inserted }
      // The calls of a slice that has been given up meanwhile are listed again by the slices after it.
      guard let counted = state.bySlice[commit.slice.number] else {
        progress.add(added.effects)
        return 0
      }
      state.bySlice[commit.slice.number] = counted + added
      progress.add(added)
      return counted.totalCalls + added.totalCalls
    }
  }

  func replace(_ slice: HistorySlice, by parts: [HistorySlice]) {
    state.withLock { state in
      if let counted = state.bySlice.removeValue(forKey: slice.number) {
        progress.add(counted.effects - counted)
      }
      for part in parts { state.bySlice[part.number] = RunCounts() }
    }
  }
}
