/// Who holds which connection and who waits for one; pure, first come first served.
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

  /// What becomes of a slot that was given back.
  enum Return: Equatable {
    /// Kept idle.
    case keep
    /// Its connection is closed.
    case discard
    /// Its connection goes to the waiter.
    case handOver(Waiter, Slot)
    /// Its connection is closed, and the waiter opens one in the new slot.
    case openFor(Waiter, Slot)
  }

  let maximum: Int
  /// The one used last is lent first: the others may grow old enough for the server to close them.
  private var idle: [Slot] = []
  private var lent: Set<Slot> = []
  private var waiting: [Waiter] = []
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

  /// Whether somebody who asks now has to wait; nobody is overtaken, since nothing is idle while somebody waits.
  var wouldWait: Bool { !isClosed && idle.isEmpty && lent.count >= maximum }

  mutating func ask(_ waiter: Waiter) -> Answer {
    if isClosed { return .refuse }
    if let slot = idle.popLast() {
      lent.insert(slot)
      return .reuse(slot)
    }
    if lent.count < maximum { return .open(lendNewSlot()) }
    waiting.append(waiter)
    return .wait
  }

  /// `isUsable` says whether the slot's connection may be lent again.
  mutating func giveBack(_ slot: Slot, isUsable: Bool) -> Return {
    lent.remove(slot)
    if isClosed { return .discard }
    guard !waiting.isEmpty else {
      guard isUsable else { return .discard }
      idle.append(slot)
      return .keep
    }
    let waiter = waiting.removeFirst()
    guard isUsable else { return .openFor(waiter, lendNewSlot()) }
    lent.insert(slot)
    return .handOver(waiter, slot)
  }

  /// Takes somebody off the queue; no effect on one who is not in it.
  mutating func abandon(_ waiter: Waiter) {
    waiting.removeAll { $0 == waiter }
  }

  /// Lends nothing from now on; tells which connections to close and who waits in vain.
  mutating func close() -> (idle: [Slot], waiting: [Waiter]) {
    defer { (isClosed, idle, waiting) = (true, [], []) }
    return (idle, waiting)
  }

  private mutating func lendNewSlot() -> Slot {
    nextSlot += 1
    lent.insert(nextSlot)
    return nextSlot
  }
}
