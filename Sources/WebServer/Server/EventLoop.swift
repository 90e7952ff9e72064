import CSystem
import Dispatch
import Synchronization

/// Serves a share of the connections on one serial queue.
///
/// Sendable because all mutable state but the mailbox, which guards itself, is touched on `queue` only: by the
/// handlers of the sources, which run there, and by `drainMailbox`, which is sent there.
final class EventLoop: @unchecked Sendable {
  private struct Mailbox: Sendable {
    var messages: [LoopMessage] = []
    var isScheduled = false
  }

  let queue: DispatchQueue
  let duties: ServerDuties
  let limit: ConnectionLimit
  private let mailbox = Mutex(Mailbox())

  var poller: Poller
  var acceptor: Acceptor?
  /// By descriptor.
  private(set) var connections: [Connection?] = []
  private var openConnections = 0
  private var generation: UInt32 = 0
  /// Connections that have used up their turn although more of their bytes are there.
  var unfinished: [ConnectionID] = []
  var runningHandlers = 0
  var isDraining = false
  var onDrained: (@Sendable () -> Void)?
  /// What every connection receives into; its bytes are used before the next one reads.
  var scratch = [UInt8](repeating: 0, count: 65_536)
  private(set) var now = ContinuousClock.now
  /// When to look again after there was none, of any client and of one that has all its places: it must not keep the
  /// others from looking.
  private var looksForSilentFrom = (any: ContinuousClock.now, one: ContinuousClock.now)
  /// The whole `Date` line with its line end.
  private(set) var dateLine: [UInt8] = []
  private var dateSecond = Int64.min
  private var sources: [any DispatchSourceProtocol] = []

  init(number: Int, duties: ServerDuties, limit: ConnectionLimit) throws(SocketError) {
    queue = DispatchQueue(label: "web-server.\(number)", qos: .userInitiated)
    self.duties = duties
    self.limit = limit
    poller = try Poller()
  }

  /// Begins to watch; to be called once, before the first message.
  func start() {
    let events = DispatchSource.makeReadSource(fileDescriptor: poller.descriptor, queue: queue)
    events.setEventHandler { [unowned self] in pollEvents() }
    // The poller must outlive its source.
    events.setCancelHandler { _ = self }
    let timer = DispatchSource.makeTimerSource(queue: queue)
    let interval = duties.configuration.deadlines.sweepInterval.dispatchInterval
    timer.schedule(deadline: .now() + interval, repeating: interval, leeway: .milliseconds(5))
    timer.setEventHandler { [unowned self] in sweep() }
    sources = [events, timer]
    refreshTime()
    events.activate()
    timer.activate()
  }

  /// Handles a message on the loop's queue, soon.
  func post(_ message: LoopMessage) {
    let mustSchedule = mailbox.withLock { mailbox in
      mailbox.messages.append(message)
      defer { mailbox.isScheduled = true }
      return !mailbox.isScheduled
    }
    guard mustSchedule else { return }
    queue.async {
      self.refreshTime()
      self.drainMailbox()
    }
  }

  private func drainMailbox() {
    let messages = mailbox.withLock { mailbox in
      mailbox.isScheduled = false
      let messages = mailbox.messages
      mailbox.messages = []
      return messages
    }
    for message in messages { handle(message) }
    continueUnfinished()
    finishIfDrained()
  }

  /// Reads both clocks, once for many events.
  private func refreshTime() {
    now = ContinuousClock.now
    let second = csystem_unix_seconds()
    guard second != dateSecond else { return }
    dateSecond = second
    dateLine = Array("Date: \(HTTPDate.text(unixSeconds: Int(second)))\r\n".utf8)
  }

  private func pollEvents() {
    // Bounded, so that messages and timers get their turn.
    for _ in 0..<16 {
      refreshTime()
      let events = poller.poll()
      guard !events.isEmpty else { break }
      for event in events {
        if event.key == Acceptor.key {
          acceptor?.acceptWaiting()
        } else {
          connection(ConnectionID(key: event.key))?.handle(event)
        }
      }
      drainMailbox()
    }
  }

  /// One look at all deadlines, instead of a timer for each connection.
  private func sweep() {
    refreshTime()
    for connection in connections { connection?.tick() }
    acceptor?.reportRefused()
    finishIfDrained()
  }

  private func continueUnfinished() {
    guard !unfinished.isEmpty else { return }
    let waiting = unfinished
    unfinished = []
    queue.async {
      self.refreshTime()
      for id in waiting { self.connection(id)?.advance() }
      self.drainMailbox()
    }
  }

  private func finishIfDrained() {
    guard isDraining, openConnections == 0, runningHandlers == 0 else { return }
    finish()
  }

  /// Ends watching. Messages are still taken, to tell late writers that their clients are gone.
  func finish() {
    for source in sources { source.cancel() }
    sources = []
    onDrained?()
    onDrained = nil
  }

  // MARK: Connections

  /// The connection of this name; nil when it has been closed.
  func connection(_ id: ConnectionID) -> Connection? {
    let index = Int(id.descriptor)
    guard connections.indices.contains(index), let connection = connections[index] else { return nil }
    return connection.id == id ? connection : nil
  }

  /// Takes an accepted connection in; it has been counted.
  func adopt(_ socket: consuming Socket, of client: ClientAddress) {
    generation &+= 1
    let descriptor = socket.descriptor
    // The acceptor's key has all bits set; no descriptor is negative, so no connection has it.
    let id = ConnectionID(key: UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor)))
    guard !isDraining, poller.watch(descriptor, key: id.key) else { return limit.remove(client) }
    let index = Int(descriptor)
    if index >= connections.count {
      connections.append(contentsOf: repeatElement(nil, count: index + 1 - connections.count))
    }
    connections[index] = Connection(id: id, socket: socket, client: client, loop: self)
    openConnections += 1
  }

  /// Forgets a connection that closes.
  func remove(_ id: ConnectionID) {
    let index = Int(id.descriptor)
    if let connection = connections[index] { limit.remove(connection.client) }
    connections[index] = nil
    openConnections -= 1
  }

  /// Closes connections of this loop that have been silent for a second or more, the longest silent first: a
  /// number of them at once, because all have to be looked at.
  ///
  /// - Parameter client: Whose they are, by its network; nil for anybody's.
  /// - Returns: Whether there were any.
  func closeSilent(of client: ClientAddress? = nil) -> Bool {
    guard now >= (client == nil ? looksForSilentFrom.any : looksForSilentFrom.one) else { return false }
    var silent: [(since: ContinuousClock.Instant, connection: Connection)] = []
    for case let connection? in connections {
      guard let since = connection.policy.silentSince, now - since >= .seconds(1),
        client == nil || connection.client.network == client?.network
      else { continue }
      silent.append((since, connection))
    }
    silent.sort { $0.since < $1.since }
    if silent.isEmpty {
      let next = now + .milliseconds(100)
      if client == nil { looksForSilentFrom.any = next } else { looksForSilentFrom.one = next }
    }
    for (_, connection) in silent.prefix(Self.silentAtOnce) { connection.close() }
    return !silent.isEmpty
  }

  private static let silentAtOnce = 64

  /// Appends the answer to what never reaches the handler.
  func appendRefusal(_ status: HTTPStatus, to out: inout [UInt8]) {
    let response = duties.refusal(status)
    ResponseEncoder.append(response, AnswerFraming(of: response, to: .refused), date: dateLine, to: &out)
  }
}

extension Duration {
  /// The same span for Dispatch, which counts nanoseconds; at most a day.
  var dispatchInterval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    let whole = min(max(0, seconds), 86_400)
    return .nanoseconds(Int(clamping: whole) * 1_000_000_000 + Int(clamping: attoseconds / 1_000_000_000))
  }
}
