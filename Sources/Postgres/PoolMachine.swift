/// Who holds which connection and who waits for one; pure, first come first served.
///
/// Ordinary work leaves one place free, so that what is short and must not wait for it finds one: a sign of
/// life must not come late because everything else waits for the same lock.
struct PoolMachine {
  /// A place for one connection.
  typealias Slot = Int
  /// Somebody who asked for a connection.
  typealias Waiter = Int

  /// What somebody who asks is told.
  enum Answer: Equatable {
    /// Take the connection of this slot.
    case reuse(Slot)
    /// Open a connection in this slot.
    case open(Slot)
    case wait
    /// The pool is closed.
    case refuse
  }

  let maximum: Int
  /// The one used last is lent first: the others may grow old enough for the server to close them.
  private var idle: [Slot] = []
  private var lent: Set<Slot> = []
  private var waiting: [Waiter] = []
  private var urgent: [Waiter] = []
  private var nextSlot = 0
  private(set) var isClosed = false

  /// A machine for at most `maximum` connections, at least one.
  init(maximum: Int) {
    self.maximum = max(1, maximum)
  }

  var idleCount: Int { idle.count }
  var lentCount: Int { lent.count }

  /// Whether the pool is closed and everything has come back.
  var isDrained: Bool { isClosed && lent.isEmpty }

  /// Whether somebody who asks now has to wait; nobody is overtaken by one of his own kind.
  func mustWait(isUrgent: Bool) -> Bool {
    !isClosed && lent.count >= (isUrgent ? maximum : max(1, maximum - 1))
  }

  mutating func ask(_ waiter: Waiter, isUrgent: Bool) -> Answer {
    if isClosed { return .refuse }
    guard mustWait(isUrgent: isUrgent) else { return lend() }
    if isUrgent { urgent.append(waiter) } else { waiting.append(waiter) }
    return .wait
  }

  /// `isUsable` says whether the slot's connection may be lent again.
  ///
  /// - Returns: Whose turn it is now, and what he is to do.
  mutating func giveBack(_ slot: Slot, isUsable: Bool) -> (waiter: Waiter, answer: Answer)? {
    lent.remove(slot)
    if isClosed { return nil }
    if isUsable { idle.append(slot) }
    if !urgent.isEmpty { return (urgent.removeFirst(), lend()) }
    guard !waiting.isEmpty, !mustWait(isUrgent: false) else { return nil }
    return (waiting.removeFirst(), lend())
  }

  /// Keeps nothing that is idle; tells which connections to close.
  mutating func dropIdle() -> [Slot] {
    defer { idle = [] }
    return idle
  }

  /// Takes somebody off the queue; no effect on one who is not in it.
  mutating func abandon(_ waiter: Waiter) {
    waiting.removeAll { $0 == waiter }
    urgent.removeAll { $0 == waiter }
  }

  /// Lends nothing from now on; tells which connections to close and who waits in vain.
  mutating func close() -> (idle: [Slot], waiting: [Waiter]) {
    defer { (isClosed, idle, waiting, urgent) = (true, [], [], []) }
    return (idle, urgent + waiting)
  }

  private mutating func lend() -> Answer {
    if let slot = idle.popLast() {
      lent.insert(slot)
      return .reuse(slot)
    }
    nextSlot += 1
    lent.insert(nextSlot)
    return .open(nextSlot)
  }
}
