import CallDomain
import Synchronization

/// The unsettled calls as the store keeps them over several runs.
final class WatchList: Sendable {
  private let state: Mutex<[CallSID: UnsettledCall]>

  init(_ calls: [UnsettledCall]) {
    state = Mutex(Dictionary(calls.map { ($0.sid, $0) }, uniquingKeysWith: { first, _ in first }))
  }

  /// The longest waiting first.
  var waiting: [UnsettledCall] {
    state.withLock { $0.values.sorted { ($0.askedAt, $0.sid) < ($1.askedAt, $1.sid) } }
  }

  /// What a commit does to it.
  func take(_ page: IntakePage) {
    state.withLock { waiting in
      for call in page.calls where waiting[call.sid] != nil {
        if call.isUnsettled { waiting[call.sid]?.askedAt = page.readAt } else { waiting[call.sid] = nil }
      }
      for case .gone(let sids) in page.marks { for sid in sids { waiting[sid] = nil } }
      for case .notGiven(let sids) in page.marks { for sid in sids { waiting[sid]?.askedAt = page.readAt } }
    }
  }
}

/// A call that ended a minute after its start and has no price.
func makeUnpriced(_ number: Int, startedAt start: Timestamp) -> Call {
  var call = makeCompleted(number, startedAt: start)
  call.price = nil
  return call
}

extension Call {
  /// This call among the unsettled ones.
  func waiting(askedAt: Timestamp) -> UnsettledCall {
    UnsettledCall(sid: sid, callDate: callDate, askedAt: askedAt)
  }
}
