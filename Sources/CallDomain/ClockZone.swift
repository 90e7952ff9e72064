/// The zone by whose clocks people read times: `DISPLAY_TIME_ZONE`. Which offsets it has, and when they change, is
/// known to the platform and comes in.
package struct ClockZone: Sendable {
  /// As IANA calls it: `Europe/Madrid`.
  package let name: String
  private let offset: @Sendable (Timestamp) -> Int
  private let change: @Sendable (Timestamp) -> Timestamp?

  /// - Parameters:
  ///   - offset: Seconds by which the zone's clocks are ahead of UTC at a moment.
  ///   - change: The next moment after this one at which that changes; nil where it never does.
  package init(
    name: String, offset: @escaping @Sendable (Timestamp) -> Int,
    change: @escaping @Sendable (Timestamp) -> Timestamp?
  ) {
    self.name = name
    self.offset = offset
    self.change = change
  }

  package static let utc = ClockZone(name: "UTC", offset: { _ in 0 }, change: { _ in nil })

  /// What the zone's clocks show, as the moment at which those of UTC show it.
  package func local(_ moment: Timestamp) -> Timestamp { moment.adding(seconds: offset(moment)) }

  /// `UTC`, `UTC+2`, `UTC−3:30`.
  package func label(at moment: Timestamp) -> String {
    let minutes = offset(moment) / 60
    guard minutes != 0 else { return "UTC" }
    let rest = minutes.magnitude % 60
    return "UTC" + (minutes < 0 ? "−" : "+") + "\(minutes.magnitude / 60)"
      + (rest == 0 ? "" : rest < 10 ? ":0\(rest)" : ":\(rest)")
  }

  /// Whether the zone's clocks show a moment's time twice, because they are put back between the two.
  package func repeats(_ moment: Timestamp) -> Bool {
    let shift = offset(moment)
    return [-24, 24].contains { hours in
      let other = offset(moment.adding(hours: hours))
      return other != shift && offset(moment.adding(seconds: shift - other)) == other
    }
  }

  /// The time between two moments, cut where the clocks are put forward or back: each part as the clocks show it.
  func parts(from start: Timestamp, to end: Timestamp) -> [Period] {
    var parts: [Period] = []
    var start = start
    while start < end {
      let next = change(start).flatMap { $0 > start && $0 < end ? $0 : nil } ?? end
      let shift = offset(start)
      parts.append(Period(start: start.adding(seconds: shift), end: next.adding(seconds: shift)))
      start = next
    }
    return parts
  }
}

extension ClockZone: Hashable {
  package static func == (left: ClockZone, right: ClockZone) -> Bool { left.name == right.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
