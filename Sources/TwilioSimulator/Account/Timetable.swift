/// When the calls of a series are created: evenly spread over the seconds of a rhythm, with jitter, at
/// distinct whole seconds in the order of their numbers. Any element is computed without the others.
struct Timetable: Sendable {
  let seed: UInt64
  /// Creation of the first call, before jitter.
  let first: Moment
  let rhythm: Rhythm
  /// `perSpan` calls come every so many seconds of the rhythm.
  let spanSeconds: Int64
  let perSpan: Int64
  /// How many calls there are; nil for a series without end.
  let count: Int?

  /// Nil when more than one call a second would be needed.
  init?(
    seed: UInt64, first: Moment, rhythm: Rhythm, spanSeconds: Int64, perSpan: Int, count: Int?
  ) {
    guard spanSeconds > 0, perSpan > 0, spanSeconds >= Int64(perSpan) else { return nil }
    self.seed = seed
    self.first = first
    self.rhythm = rhythm
    self.spanSeconds = spanSeconds
    self.perSpan = Int64(perSpan)
    self.count = count
  }

  func creation(at index: Int) -> Moment {
    var random = SeededRandom(seed: seed ^ 0x54_49_4D_45, index: index)
    let jitter = Int64(random.below(Int(spanSeconds / perSpan)))
    let (product, _) = Int64(index).multipliedReportingOverflow(by: spanSeconds)
    return first.adding(seconds: rhythm.seconds(at: product / perSpan + jitter))
  }

  /// The number of the newest call created at or before `moment`; -1 when there is none.
  func lastIndex(createdBy moment: Moment) -> Int {
    guard moment >= first else { return -1 }
    let elapsed = Double(rhythm.place(after: moment.seconds - first.seconds))
    var index = Int(elapsed * Double(perSpan) / Double(spanSeconds)) + 2
    if let count { index = min(index, count - 1) }
    while index >= 0, creation(at: index) > moment { index -= 1 }
    return index
  }

  /// The number of the oldest call created at or after `moment`; may be past the end.
  func firstIndex(createdFrom moment: Moment) -> Int {
    lastIndex(createdBy: Moment(milliseconds: moment.milliseconds - 1)) + 1
  }

  func exists(_ index: Int) -> Bool {
    guard let count else { return index >= 0 }
    return index >= 0 && index < count
  }
}
