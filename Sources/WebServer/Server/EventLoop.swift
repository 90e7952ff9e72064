import Dispatch
import Synchronization

/// Serves a share of the connections on one serial queue.
///
/// Sendable because all mutable state but the mailbox, which guards itself, is touched on `queue` only:
/// by the sources' handlers, which run there, and by `drainMailbox`, which is sent there.
final class EventLoop: @unchecked Sendable {
  struct Mailbox: Sendable {
    var messages: [LoopMessage] = []
    var isScheduled = false
  }

  let queue: DispatchQueue
  let duties: ServerDuties
  let count: ConnectionCount
  let mailbox = Mutex(Mailbox())

  var poller: Poller
  var acceptor: Acceptor?
  var connections: [Connection?] = []
  var openConnections = 0
  var runningHandlers = 0
  var generation: UInt32 = 0
  /// Connections that have used up their turn although more of their bytes are there.
  var unfinished: [ConnectionID] = []
  var onDrained: (@Sendable () -> Void)?
  var isDraining = false
  /// What every connection receives into; its bytes are used before the next one reads.
  var scratch = [UInt8](repeating: 0, count: 65_536)
  var now = ContinuousClock.now
  var dateLine: [UInt8] = []
  private var dateSecond = Int.min
  private var sources: [any DispatchSourceProtocol] = []

  init(number: Int, duties: ServerDuties, count: ConnectionCount) throws(SocketError) {
    queue = DispatchQueue(label: "web-server.\(number)", qos: .userInitiated)
    self.duties = duties
    self.count = count
    poller = try Poller()
  }

  /// Begins to watch; call once.
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

  func drainMailbox() {
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
  func refreshTime() {
    now = ContinuousClock.now
    let second = duties.configuration.unixSeconds()
    guard second != dateSecond else { return }
    dateSecond = second
    dateLine = Array("Date: \(HTTPDate.text(unixSeconds: second))\r\n".utf8)
  }

  private func pollEvents() {
    // Bounded, so that messages and timers get their turn.
    for _ in 0..<16 {
      refreshTime()
      let events = poller.poll()
      guard !events.isEmpty else { break }
      for event in events { handle(event) }
      drainMailbox()
    }
  }

  private func handle(_ event: PollerEvent) {
    if event.key == Acceptor.key {
      acceptWaiting()
    } else {
      connection(ConnectionID(key: event.key))?.handle(event)
    }
  }

  /// One look at all deadlines, instead of a timer for each connection.
  private func sweep() {
    refreshTime()
    for connection in connections { connection?.tick() }
    tellRefused()
    finishIfDrained()
  }

  private func continueUnfinished() {
    guard !unfinished.isEmpty else { return }
    let turns = unfinished
    unfinished = []
    queue.async {
      self.refreshTime()
      for id in turns { self.connection(id)?.advance() }
      self.drainMailbox()
    }
  }

  func finishIfDrained() {
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
}

extension Duration {
  /// The same span for Dispatch, which counts nanoseconds.
  var dispatchInterval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    let whole = min(max(0, seconds), 86_400)
    return .nanoseconds(Int(clamping: whole) * 1_000_000_000 + Int(clamping: attoseconds / 1_000_000_000))
  }
}
