import CallDomain

/// When the calls of a series are created: at distinct whole seconds in the order of their numbers, spread
/// with jitter over each hour. Any element is computed without the others.
struct Timetable: Sendable {
  private let seed: UInt64
  /// The beginning of the first hour.
  private let first: Timestamp
  /// The number of the first call of each hour and, last, of all calls.
  private let firstOfHour: [Int]

  /// 200 calls an hour for 30 years.
  init(seed: UInt64, steady first: Timestamp) {
    (self.seed, self.first) = (seed, first)
    firstOfHour = (0...30 * 366 * 24).map { $0 * 200 }
  }

  /// So many calls as an office in Spain's time zone has them, roughly: many in the morning and the
  /// afternoon, a few at night and at weekends, none around Christmas and in the weeks of August.
  /// - Throws: a sentence when an hour would get more calls than seconds.
  init(seed: UInt64, office first: Timestamp, until end: Timestamp, count: Int) throws(SimulatorError) {
    var weights = [0]
    for hour in 0..<max(0, (end.seconds - first.seconds) / 3600) {
      weights.append(weights[hour] + Self.weight(of: first.adding(hours: hour)))
    }
    let total = weights[weights.count - 1]
    guard total > 0, (1...total).contains(count) else {
      throw SimulatorError(
        "\(count) calls do not fit into the working hours since \(first.isoDate): give 1 to \(max(1, total))."
      )
    }
    (self.seed, self.first) = (seed, first)
    firstOfHour = weights.map { ($0 * count + total / 2) / total }
  }

  func exists(_ index: Int) -> Bool { (0..<(firstOfHour.last ?? 0)).contains(index) }

  /// The creation of a call that exists.
  func creation(at index: Int) -> Timestamp {
    let hour = firstOfHour.firstSortedIndex { $0 > index } - 1
    let calls = numbers(ofHour: hour)
    var random = SeededRandom(seed: seed ^ 0x54_49_4D_45, index: index)
    let jitter = random.below(3600 / calls.count)
    return first.adding(seconds: hour * 3600 + (index - calls.lowerBound) * 3600 / calls.count + jitter)
  }

  /// The number of the newest call created at or before `moment`; -1 when there is none.
  func lastIndex(createdBy moment: Timestamp) -> Int {
    guard moment >= first else { return -1 }
    let (hour, second) = (moment.seconds - first.seconds).quotientAndRemainder(dividingBy: 3600)
    let calls = numbers(ofHour: hour)
    var index = min(calls.lowerBound + (second + 1) * calls.count / 3600, calls.upperBound - 1)
    while index >= calls.lowerBound, creation(at: index) > moment { index -= 1 }
    return index
  }

  var callsPerWeek: Int { max(1, (firstOfHour.last ?? 0) * 168 / firstOfHour.count) }

  private func numbers(ofHour hour: Int) -> Range<Int> {
    let last = firstOfHour.count - 1
    return firstOfHour[min(hour, last)]..<firstOfHour[min(hour + 1, last)]
  }

  /// The share of an hour in the calls of the office.
  private static func weight(of hour: Timestamp) -> Int {
    let day = hour.isoDate.dropFirst(5)
    if day >= "12-24" || day <= "01-06" || ("08-08"..."08-24").contains(day) { return 0 }
    // 1970-01-01 was a Thursday.
    let isWeekend = (hour.seconds / 86_400 + 4) % 7 % 6 == 0
    let weight = weights[hour.seconds / 3600 % 24]
    return isWeekend ? weight / 6 : weight
  }

  /// By hour of a working day in UTC: the seconds of it that may have a call.
  private static let weights = [
    20, 10, 10, 10, 20, 60, 300, 1200, 3000, 3600, 3600, 3300,
    2400, 1200, 1500, 3000, 3300, 2700, 1500, 600, 240, 120, 60, 30,
  ]
}

extension Array {
  /// The first index whose element has a property, which all elements behind it must have, too.
  func firstSortedIndex(where isBehind: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
