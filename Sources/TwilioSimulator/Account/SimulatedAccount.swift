import CallDomain

/// The calls of an account: a stream made from a seed, and those added one by one.
struct SimulatedAccount: Sendable {
  /// How calls are written.
  private(set) var json: CallJSON
  private var stream: CallStream?
  /// Oldest first.
  private var added: [any LoggedCall] = []
  private var addedBySID: [String: any LoggedCall] = [:]
  /// Calls of the stream that were replaced or removed.
  private var hidden: Set<Int> = []

  init(_ json: CallJSON, stream: CallStream? = nil, calls: [SimulatedCall] = []) {
    (self.json, self.stream) = (json, stream)
    put(calls)
  }

  /// From here on calls look like this.
  mutating func write(as style: EmptyFieldStyle) {
    guard style != json.style else { return }
    json = CallJSON(accountSID: json.accountSID, style: style)
    stream = stream?.written(as: json)
  }

  mutating func put(_ calls: [SimulatedCall]) { put(calls.map(LivingCall.init)) }

  /// Adds calls; one with a known SID takes the place of that call.
  mutating func put(_ calls: [any LoggedCall]) {
    let latest = Dictionary(calls.map { ($0.sid, $0) }) { $1 }
    if latest.keys.contains(where: { addedBySID[$0] != nil }) {
      added.removeAll { latest[$0.sid] != nil }
    }
    hidden.formUnion(latest.keys.compactMap { stream?.index(of: $0) })
    addedBySID.merge(latest) { $1 }
    added.append(contentsOf: latest.values)
    added.sort { $0.position < $1.position }
  }

  /// Removes a call as an account's owner may; false when there is none.
  mutating func remove(_ sid: String) -> Bool {
    let wasStreamed = stream?.index(of: sid).map { hidden.insert($0).inserted } ?? false
    guard addedBySID.removeValue(forKey: sid) != nil else { return wasStreamed }
    added.removeAll { $0.sid == sid }
    return true
  }

  func call(_ sid: String) -> (any LoggedCall)? {
    if let call = addedBySID[sid] { return call }
    guard let stream, let index = stream.index(of: sid), !hidden.contains(index) else { return nil }
    return LivingCall(stream.call(at: index))
  }

  enum Direction: Int {
    case older = -1
    case newer = 1
  }

  /// The next `count` calls that are wanted, as they are at `now`, in the order of the log behind `start` (without
  /// it from the newest or the oldest on). Calls of the stream created outside of `bounds` are not looked at.
  func calls(
    _ direction: Direction, than start: LogPosition?, within bounds: ClosedRange<Timestamp>,
    at now: Timestamp, _ count: Int, where isWanted: (any LoggedCall) -> Bool
  ) -> [any LoggedCall] {
    let step = direction.rawValue
    var (streamIndex, addedIndex) = firstIndices(direction, than: start, within: bounds)
    var block: (number: Int, calls: [SettledCall]) = (-1, [])
    var found: [any LoggedCall] = []
    while found.count < count {
      while hidden.contains(streamIndex) { streamIndex += step }
      let (number, place) = streamIndex.quotientAndRemainder(dividingBy: CallStream.blockSize)
      if streamIndex >= 0, block.number != number { block = (number, stream?.block(number) ?? []) }
      var streamed = block.calls.indices.contains(place) ? block.calls[place] : nil
      if let call = streamed, !bounds.contains(call.created) { streamed = nil }
      let added = added.indices.contains(addedIndex) ? added[addedIndex] : nil

      let next: any LoggedCall
      if let added, streamed.map({ (added.position > $0.position) == (direction == .older) }) ?? true {
        next = added
        addedIndex += step
      } else if let streamed, let stream {
        next = streamed.since <= now ? streamed : LivingCall(stream.call(at: streamIndex))
        streamIndex += step
      } else {
        break
      }
      if isWanted(next) { found.append(next) }
    }
    return found
  }

  /// Where the first calls behind `start` are in the stream and among those added.
  private func firstIndices(
    _ direction: Direction, than start: LogPosition?, within bounds: ClosedRange<Timestamp>
  ) -> (stream: Int, added: Int) {
    switch direction {
    case .older:
      let newest = min(bounds.upperBound, start?.created ?? .distantFuture)
      var index = stream?.timetable.lastIndex(createdBy: newest) ?? -1
      if let start, let stream, index >= 0, stream.position(at: index) >= start { index -= 1 }
      return (index, added.firstSortedIndex { call in start.map { call.position >= $0 } ?? false } - 1)
    case .newer:
      let before = Timestamp(
        milliseconds: max(bounds.lowerBound, start?.created ?? .distantPast).milliseconds - 1)
      var index = stream.map { $0.timetable.lastIndex(createdBy: before) + 1 } ?? -1
      if let start, let stream, stream.timetable.exists(index), stream.position(at: index) <= start {
        index += 1
      }
      return (index, added.firstSortedIndex { call in start.map { call.position > $0 } ?? true })
    }
  }
}
