/// The calls of an account: a stream made from a seed, and those added one by one.
struct SimulatedAccount: Sendable {
  private(set) var settled: SettledCalls?
  /// Oldest first.
  private(set) var added: [AccountEntry] = []
  private var addedPositions: [String: LogPosition] = [:]
  /// Calls of the stream that were replaced or removed.
  private(set) var hidden: Set<Int> = []

  init(stream: SettledCalls? = nil, calls: [SimulatedCall] = []) {
    settled = stream
    put(calls.map(AccountEntry.living))
  }

  var stream: CallStream? { settled?.stream }

  /// From here on calls look like this.
  mutating func write(as json: CallJSON) {
    settled = settled?.written(as: json)
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
  func firstAdded(from position: LogPosition) -> Int {
    var (low, high) = (0, added.count)
    while low < high {
      let middle = (low + high) / 2
      if added[middle].position < position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
