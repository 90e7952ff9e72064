import CPostgres
import Dispatch

/// Owner of one PGcancel: asks the server to cancel what a connection is running.
///
/// Safe to share: the manual (section 34.7, PQcancel) says that the object is read-only as far as PQcancel
/// is concerned, so it may be used on another thread than the one that uses the connection.
@safe final class CancelHandle: @unchecked Sendable {
  private let cancel: OpaquePointer

  /// Takes over `cancel`, which comes from PQgetCancel.
  init(owning cancel: OpaquePointer) {
    unsafe self.cancel = cancel
  }

  deinit { unsafe PQfreeCancel(cancel) }

  /// Sends the request from a thread of its own, because PQcancel blocks while it connects and nobody
  /// must wait for that. It is a request: whether it came in time is seen from the statement's end.
  func send() {
    DispatchQueue(label: "postgres cancel").async { [self] in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
        _ = unsafe PQcancel(cancel, message.baseAddress, Int32(message.count))
      }
    }
  }
}
