import CallDomain

/// Takes in calls that an older program stored beside this one, as during a rolling deploy: committed like
/// a page of Twilio's they are decided by the rules, and decide transfers.
struct OlderCalls {
  let calls: any CallLedger
  let fence: RunFence
  let progress: RunProgress

  private static let batch = 1000

  func run(_ tally: inout RunTally) async throws(RunFailure) {
    var last: CallSID?
    while true {
      let batch = try await calls.olderCalls(after: last, limit: Self.batch)
      guard let end = batch.last else { return }
      last = end.sid
      // Nobody has asked Twilio for them yet: the unsettled ones among them come first.
      tally.countCommitted(try await calls.commit(IntakePage(calls: batch, readAt: .epoch), fence: fence))
      progress.set(tally.counts)
    }
  }
}
