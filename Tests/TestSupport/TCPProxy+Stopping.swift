import Synchronization

extension TCPProxy {
  /// Where what is being sent to the server stops, as when the sender stands still.
  package enum StoppingPlace: Sendable {
    /// When so many bytes have come without an answer in between: the server has them, and not the rest.
    case within(bytes: Int)
    /// When the server answers what was at least so many bytes.
    case afterAnswer(toBytes: Int)
  }

  /// Passes nothing on to the server any more when it has come to that; tells `onStop` when it has.
  package func stopSending(_ place: StoppingPlace, _ onStop: @escaping @Sendable () -> Void) {
    let unanswered = Mutex(0)
    judge { [self] direction, bytes in
      let isReached = unanswered.withLock { unanswered in
        let before = unanswered
        unanswered = direction == .toServer ? before + bytes.count : 0
        return switch place {
        case .within(let count): before < count && unanswered >= count
        case .afterAnswer(let count): direction == .toClient && before >= count
        }
      }
      if isReached {
        pause(.toServer)
        onStop()
      }
      return .forward
    }
  }

  /// Undoes `stopSending`.
  package func goOnSending() {
    judge { _, _ in .forward }
    resume(.toServer)
  }
}
