import CallDomain
import Synchronization

/// What the last page was like: the next one is mostly of the same kind.
final class LastPage: Sendable {
  enum Kind: Sendable {
    /// Nothing of it was stored; the directory as the database held it.
    case new([PhoneRow], PhoneDirectory)
    /// Stored as it came.
    case unchanged
    case mixed
  }

  private let state = Mutex(Kind.mixed)

  var kind: Kind { state.withLock(\.self) }

  func note(_ kind: Kind) {
    state.withLock { $0 = kind }
  }
}
