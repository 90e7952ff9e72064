/// The calls of an account: a stream made from a seed, and those added one by one.
struct SimulatedAccount: Sendable {
  private(set) var stream: CallStream?
  /// Oldest first.
  private var added: [AccountEntry] = []
  private var addedPositions: [String: LogPosition] = [:]
  /// Calls of the stream that were replaced or removed.
  private var hidden: Set<Int> = []

  init(stream: CallStream? = nil, calls: [SimulatedCall] = []) {
    self.stream = stream
    put(calls.map(AccountEntry.living))
  }

  /// Adds calls; one with a known SID takes the place of that call.
  mutating func put(_ entries: [AccountEntry]) {
    let latest = Dictionary(entries.map { ($0.position.sid, $0) }) { $1 }
    if latest.keys.contains(where: { addedPositions[$0] != nil }) {
      added.removeAll { latest[$0.position.sid] != nil }
    }
    for (sid, entry) in latest {
      if let index = stream?.index(of: sid) { hidden.insert(index) }
      addedPositions[sid] = entry.position
    }
    added.append(contentsOf: latest.values)
    added.sort { $0.position < $1.position }
  }

  /// Removes a call as an account's owner may; false when there is none.
  mutating func remove(_ sid: String) -> Bool {
    if let index = stream?.index(of: sid) {
      let wasThere = hidden.insert(index).inserted
      return removeAdded(sid) || wasThere
    }
    return removeAdded(sid)
  }

  func entry(_ sid: String) -> AccountEntry? {
    if let position = addedPositions[sid] {
      let place = firstAdded(from: position)
      return place < added.count ? added[place] : nil
    }
    guard let stream, let index = stream.index(of: sid), !hidden.contains(index) else { return nil }
    return .living(stream.call(at: index))
  }

  private mutating func removeAdded(_ sid: String) -> Bool {
    guard let position = addedPositions.removeValue(forKey: sid) else { return false }
    added.removeAll { $0.position == position }
    return true
  }

  /// The place among the added calls of the first one that is not older than `position`.
  private func firstAdded(from position: LogPosition) -> Int {
    var (low, high) = (0, added.count)
    while low < high {
      let middle = (low + high) / 2
      if added[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension SimulatedAccount {
  /// Calls from newer to older, beginning behind `position` (at the newest without one). Calls of the
  /// stream outside `bounds` are passed over unread.
  func older(than position: LogPosition?, within bounds: ClosedRange<Moment>) -> AccountWalk {
    var streamIndex = -1
    if let stream {
      streamIndex = stream.timetable.lastIndex(
        createdBy: min(bounds.upperBound, position?.created ?? bounds.upperBound))
      if let position, streamIndex >= 0, self.position(inStream: streamIndex) >= position { streamIndex -= 1 }
    }
    let place = position.map { firstAdded(from: $0) } ?? added.count
    return AccountWalk(
      account: self, step: -1, streamIndex: streamIndex, addedIndex: place - 1, bounds: bounds)
  }

  /// Calls from older to newer, beginning behind `position`.
  func newer(than position: LogPosition, within bounds: ClosedRange<Moment>) -> AccountWalk {
    var streamIndex = -1
    if let stream {
      streamIndex = stream.timetable.firstIndex(createdFrom: max(bounds.lowerBound, position.created))
      if stream.timetable.exists(streamIndex), self.position(inStream: streamIndex) <= position {
        streamIndex += 1
      }
    }
    var place = firstAdded(from: position)
    if place < added.count, added[place].position == position { place += 1 }
    return AccountWalk(
      account: self, step: 1, streamIndex: streamIndex, addedIndex: place, bounds: bounds)
  }

  fileprivate func position(inStream index: Int) -> LogPosition {
    guard let stream else { return LogPosition(created: Moment(seconds: 0), sid: "") }
    return LogPosition(created: stream.timetable.creation(at: index), sid: stream.sid(at: index))
  }

  fileprivate func streamPosition(_ index: Int, _ bounds: ClosedRange<Moment>) -> LogPosition? {
    guard let stream, stream.timetable.exists(index) else { return nil }
    let position = position(inStream: index)
    return bounds.contains(position.created) ? position : nil
  }

  fileprivate func isHidden(_ index: Int) -> Bool { hidden.contains(index) }

  fileprivate func added(at index: Int) -> AccountEntry? {
    added.indices.contains(index) ? added[index] : nil
  }
}

/// A walk through an account's calls in the order of the log, either way.
struct AccountWalk: Sequence, IteratorProtocol {
  private let account: SimulatedAccount
  private let step: Int
  private var streamIndex: Int
  private var addedIndex: Int
  private let bounds: ClosedRange<Moment>

  fileprivate init(
    account: SimulatedAccount, step: Int, streamIndex: Int, addedIndex: Int, bounds: ClosedRange<Moment>
  ) {
    self.account = account
    self.step = step
    self.streamIndex = streamIndex
    self.addedIndex = addedIndex
    self.bounds = bounds
  }

  mutating func next() -> AccountEntry? {
    while account.isHidden(streamIndex) { streamIndex += step }
    let streamed = account.streamPosition(streamIndex, bounds)
    let added = account.added(at: addedIndex)
    if let added, streamed.map({ ($0 < added.position) == (step < 0) }) ?? true {
      addedIndex += step
      return added
    }
    guard streamed != nil, let stream = account.stream else { return nil }
    defer { streamIndex += step }
    return .living(stream.call(at: streamIndex))
  }
}
