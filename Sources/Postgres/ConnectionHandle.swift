import CPostgres
import Dispatch
import Synchronization

/// Owner of one PGconn, made and used by one actor only; finished once.
@safe final class ConnectionHandle {
  let connection: OpaquePointer
  let notices: NoticeSink
  /// Whether the connection must not be used again: it ended, or a cancel request may still be under way
  /// that would hit the next statement.
  var isSpent = false
  /// How much of the answer to the present statements has come, and how much may.
  var limit: (received: ReceivedBytes, bytes: UInt64)?

  /// Takes over `connection`, which comes from PQconnectStartParams.
  init(owning connection: OpaquePointer, notices: NoticeSink) {
    unsafe self.connection = connection
    self.notices = notices
    // Manual, section 34.13 Notice Processing; the sink lives as long as this handle and every result.
    unsafe PQsetNoticeReceiver(
      connection,
      { context, result in
        guard let context = unsafe context, let result = unsafe result else { return }
        unsafe Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue()
          .receive(String(cString: PQresultErrorMessage(result)), ServerMessage(of: result))
      }, Unmanaged.passUnretained(notices).toOpaque())
  }

  /// The socket does not block, so neither does the farewell to the server (manual, PQfinish).
  deinit { unsafe PQfinish(connection) }

  var isBroken: Bool { unsafe PQstatus(connection) == CONNECTION_BAD }

  /// Manual, PQtransactionStatus.
  var transaction: PGTransactionStatusType { unsafe PQtransactionStatus(connection) }

  /// Whether the idle connection still stands as far as this side knows: a server that went away has
  /// left a message or an end of file to be read. A pooler may say that the session is over and hold the
  /// connection open.
  var isAlive: Bool {
    if isSpent { return false }
    var reads = 0
    while SocketWait(socket: unsafe PQsocket(connection), reading: true, writing: false).isReady(
      within: .zero)
    {
      reads += 1
      // Whose server does not cease to talk unasked is of no use.
      guard reads < 100, unsafe PQconsumeInput(connection) == 1, !isBroken else { return false }
      // Lets libpq take in what was read, be it a notice or the server's last words.
      guard unsafe PQisBusy(connection) == 0 else { return false }
    }
    return !isBroken && lastWords == nil
  }

  /// With what the server ended the session while nothing was asked of it.
  var lastWords: PostgresError? { notices.ending }

  /// libpq's last message about the connection without the password (manual, PQerrorMessage, PQpass).
  var errorMessage: String {
    var message = unsafe String(cString: PQerrorMessage(connection))
    if let password = unsafe PQpass(connection).map({ unsafe String(cString: $0) }), !password.isEmpty {
      message = message.replacing(password, with: "***")
    }
    while message.last?.isWhitespace == true { message.removeLast() }
    return message
  }

  /// Manual, PQsslInUse, PQhostaddr, PQhost.
  var transport: PostgresTransport {
    let address = unsafe PQhostaddr(connection).map { unsafe String(cString: $0) } ?? ""
    let host = unsafe PQhost(connection).map { unsafe String(cString: $0) } ?? ""
    let isSocket = host.hasPrefix("/") || host.hasPrefix("@") || (host.isEmpty && address.isEmpty)
    let isLoopback = address.hasPrefix("127.") || address == "::1"
    return PostgresTransport(
      isEncrypted: unsafe PQsslInUse(connection) == 1, isRemote: !isSocket && !isLoopback)
  }
}

/// Owner of one PGcancel: asks the server to cancel what a connection is running.
///
/// Safe to share: the manual (section 34.7, PQcancel) says that the object is read-only as far as PQcancel
/// is concerned, so it may be used on another thread than the one that uses the connection.
@safe final class CancelHandle: @unchecked Sendable {
  private let cancel: OpaquePointer
  private static let underway = DispatchGroup()

  /// Takes over `cancel`, which comes from PQgetCancel.
  init(owning cancel: OpaquePointer) {
    unsafe self.cancel = cancel
  }

  deinit { unsafe PQfreeCancel(cancel) }

  /// Sends the request from a thread of its own, because PQcancel blocks while it connects and nobody
  /// must wait for that. It is a request: whether it came in time is seen from the statement's end.
  func send() {
    DispatchQueue(label: "postgres cancel").async(group: Self.underway) { [self] in
      unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
        _ = unsafe PQcancel(cancel, message.baseAddress, Int32(message.count))
      }
    }
  }

  /// Waits for the requests that are underway, a second at most.
  static func finishAll() {
    _ = underway.wait(timeout: .now() + 1)
  }
}

/// Where libpq's notices go, instead of standard error. What a server says of its own accord comes here, too,
/// its farewell included.
final class NoticeSink: Sendable {
  private let report: (@Sendable (String) -> Void)?
  private let last = Mutex<PostgresError?>(nil)

  init(_ report: (@Sendable (String) -> Void)?) {
    self.report = report
  }

  var ending: PostgresError? { last.withLock(\.self) }

  func receive(_ text: String, _ message: ServerMessage) {
    if message.endsSession { last.withLock { $0 = PostgresError(message, connectionEnded: true) } }
    report?(text)
  }
}
