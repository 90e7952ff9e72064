import Synchronization

/// Whether a streamed answer still has somebody to read it.
final class ClientPresence: Sendable {
  private let gone = Atomic(false)

  var isGone: Bool {
    gone.load(ordering: .relaxed)
  }

  func end() {
    gone.store(true, ordering: .relaxed)
  }
}
