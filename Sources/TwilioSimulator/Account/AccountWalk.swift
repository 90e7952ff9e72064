extension SimulatedAccount {
  /// Calls from newer to older as they are at `now`, beginning behind `position` (at the newest without
  /// one). Calls of the stream outside `bounds` are passed over unread.
  func older(
    than position: LogPosition?, within bounds: ClosedRange<Moment>, at now: Moment
  ) -> AccountWalk {
    var walk = AccountWalk(self, step: -1, bounds: bounds, now: now)
    if let stream {
      walk.streamIndex = stream.timetable.lastIndex(
        createdBy: min(bounds.upperBound, position?.created ?? bounds.upperBound))
      if let position, let first = walk.streamed?.position, first >= position { walk.streamIndex -= 1 }
    }
    walk.addedIndex = (position.map { firstAdded(from: $0) } ?? added.count) - 1
    return walk
  }

  /// Calls from older to newer, beginning behind `position`.
  func newer(
    than position: LogPosition, within bounds: ClosedRange<Moment>, at now: Moment
  ) -> AccountWalk {
    var walk = AccountWalk(self, step: 1, bounds: bounds, now: now)
    if let stream {
      walk.streamIndex = stream.timetable.firstIndex(createdFrom: max(bounds.lowerBound, position.created))
      if let first = walk.streamed?.position, first <= position { walk.streamIndex += 1 }
    }
    walk.addedIndex = firstAdded(from: position)
    if added.indices.contains(walk.addedIndex), added[walk.addedIndex].position == position {
      walk.addedIndex += 1
    }
    return walk
  }
}

/// A walk through an account's calls in the order of the log, either way.
struct AccountWalk: Sequence, IteratorProtocol {
  fileprivate var streamIndex = -1
  fileprivate var addedIndex = -1
  private let account: SimulatedAccount
  private let step: Int
  private let bounds: ClosedRange<Moment>
  private let now: Moment
  /// The calls around `streamIndex`.
  private var block: (number: Int, calls: [SettledCall]) = (-1, [])

  fileprivate init(_ account: SimulatedAccount, step: Int, bounds: ClosedRange<Moment>, now: Moment) {
    self.account = account
    self.step = step
    self.bounds = bounds
    self.now = now
  }

  mutating func next() -> AccountEntry? {
    while account.hidden.contains(streamIndex) { streamIndex += step }
    let streamed = streamed.flatMap { bounds.contains($0.position.created) ? $0 : nil }
    let added = account.added.indices.contains(addedIndex) ? account.added[addedIndex] : nil
    if let added, streamed.map({ ($0.position < added.position) == (step < 0) }) ?? true {
      addedIndex += step
      return added
    }
    guard let streamed else { return nil }
    defer { streamIndex += step }
    if streamed.since <= now { return .settled(streamed) }
    return account.stream.map { .living($0.call(at: streamIndex)) }
  }

  /// The call at `streamIndex`; nil where the stream has none.
  fileprivate var streamed: SettledCall? {
    mutating get {
      guard streamIndex >= 0, let settled = account.settled else { return nil }
      let (number, place) = streamIndex.quotientAndRemainder(dividingBy: SettledCalls.blockSize)
      if block.number != number { block = (number, settled.block(number)) }
      return place < block.calls.count ? block.calls[place] : nil
    }
  }
}
