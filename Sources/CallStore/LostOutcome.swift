import CallDomain
import Synchronization

/// What a page's commit did whose answer was lost: where it was done after all, whoever commits the page again
/// finds nothing left to do, and would count nothing.
final class LostOutcome: Sendable {
  private let lost = Mutex<PageOutcome?>(nil)

  func note(_ outcome: PageOutcome) {
    lost.withLock { $0 = outcome }
  }

  /// - Returns: What the page did, the attempt before this one counted.
  func outcome(ofRepetition outcome: PageOutcome) -> PageOutcome {
    guard outcome.changed.isEmpty, outcome.createdPhones == 0, let lost = lost.withLock(\.self) else {
      return outcome
    }
    return lost
  }
}
