import CallDomain

/// Counts a run as its pages are committed. Every SID counts once.
struct RunTally {
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
