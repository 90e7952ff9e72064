/// How the time of an account is counted: a busy hour has more counted seconds than a quiet one, an empty
/// one none. What is spread evenly over counted seconds is spread like real life over the clock's.
struct Rhythm: Sendable {
  /// The counted seconds before each hour and, last, all of them; empty when every second counts.
  private let before: [Int64]

  /// Every second counts.
  static let even = Rhythm(before: [])

  /// An office in Spain's time zone, roughly: busy in the morning and the afternoon, a few calls at night
  /// and at weekends, none around Christmas and in the weeks of August.
  init(office start: Moment, until end: Moment) {
    var before: [Int64] = [0]
    for hour in 0..<max(0, (end.seconds - start.seconds) / 3600) {
      before.append(before[before.count - 1] + Self.counted(start.adding(seconds: hour * 3600)))
    }
    self.init(before: before)
  }

  private init(before: [Int64]) {
    self.before = before
  }

  /// All counted seconds; meaningless where every second counts.
  var total: Int64 { before.last ?? 0 }

  /// The clock's seconds since the start at the counted second `place`: different ones for different
  /// places, and in their order.
  func seconds(at place: Int64) -> Int64 {
    guard !before.isEmpty else { return place }
    let hour = lastHour(before: place)
    let counted = hour + 1 < before.count ? before[hour + 1] - before[hour] : 3600
    return Int64(hour) * 3600 + (place - before[hour]) * 3600 / counted
  }

  /// The counted seconds up to and including the clock's second `seconds` after the start, rounded up.
  func place(after seconds: Int64) -> Int64 {
    guard !before.isEmpty else { return seconds }
    let hour = Int(seconds / 3600)
    guard hour + 1 < before.count else { return total + seconds - Int64(before.count - 1) * 3600 }
    return before[hour] + ((seconds % 3600 + 1) * (before[hour + 1] - before[hour]) + 3599) / 3600
  }

  /// The last hour with no more than `place` counted seconds before it: never an empty one, but the one
  /// behind the last hour.
  private func lastHour(before place: Int64) -> Int {
    var (low, high) = (0, before.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if before[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  private static func counted(_ moment: Moment) -> Int64 {
    let days = moment.seconds.floorDivided(by: 86_400)
    let date = CivilDate(daysSince1970: days.quotient)
    if (date.month, date.day) >= (12, 24) || (date.month, date.day) <= (1, 6) { return 0 }
    if date.month == 8, (8...24).contains(date.day) { return 0 }
    // 1970-01-01 was a Thursday.
    let isWeekend = (days.quotient + 4).floorDivided(by: 7).remainder % 6 == 0
    let share = byHour[Int(days.remainder / 3600)]
    return isWeekend ? share / 6 : share
  }

  /// Counted seconds of each hour of a working day in UTC.
  private static let byHour: [Int64] = [
    20, 10, 10, 10, 20, 60, 300, 1200, 3000, 3600, 3600, 3300,
    2400, 1200, 1500, 3000, 3300, 2700, 1500, 600, 240, 120, 60, 30,
  ]
}
