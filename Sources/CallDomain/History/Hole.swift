/// A period that no run has taken in.
package struct Hole: Hashable, Sendable {
  package var period: Period
  /// Whether nothing will fill it: Twilio keeps nothing of it any more.
  package var isLost: Bool

  package init(_ period: Period, isLost: Bool = false) {
    self.period = period
    self.isLost = isLost
  }
}

/// What a resync does to the holes: it fills what it has read, also piece by piece, and what Twilio no longer keeps
/// of the rest is lost (Reference.md, "Historical resync").
package struct HoleChange: Hashable, Sendable {
  /// Holes that are no longer there as they are recorded.
  package private(set) var removed: [Hole] = []
  package private(set) var added: [Hole] = []
  /// What is lost and was not known to be, oldest first.
  package private(set) var lost: [Period] = []

  /// - Parameters:
  ///   - holes: Those that are recorded.
  ///   - asked: What the resync was to read.
  ///   - read: What it has read: the end of it, from where Twilio's log begins.
  ///   - takenIn: What earlier runs have taken in, but for the holes.
  package init(_ holes: [Hole], asked: Period, read: Period, takenIn: [Period]) {
    let cutOff = Period(start: asked.start, end: min(asked.end, read.start))
    var unknown = takenIn.reduce(cutOff.isEmpty ? [] : [cutOff]) { $0.subtracting($1) }
    for hole in holes {
      unknown = unknown.subtracting(hole.period)
      let rest = [hole.period].subtracting(read)
      let kept = hole.isLost ? rest : rest.subtracting(cutOff)
      if !hole.isLost { unknown += rest.compactMap { $0.intersection(cutOff) } }
      guard kept != [hole.period] else { continue }
      removed.append(hole)
      added += kept.map { Hole($0, isLost: hole.isLost) }
    }
    lost = unknown.joined
    added += lost.map { Hole($0, isLost: true) }
  }
}

extension [Period] {
  /// What is left of them without `other`.
  fileprivate func subtracting(_ other: Period) -> [Period] {
    guard !other.isEmpty else { return self }
    return flatMap { period in
      [
        Period(start: period.start, end: Swift.min(period.end, other.start)),
        Period(start: Swift.max(period.start, other.end), end: period.end),
      ]
    }.filter { !$0.isEmpty }
  }

  /// In their order, those that meet as one.
  fileprivate var joined: [Period] {
    sorted { $0.start < $1.start }.reduce(into: []) { joined, period in
      if let last = joined.last, last.end >= period.start {
        joined.removeLast()
        joined.append(Period(start: last.start, end: Swift.max(last.end, period.end)))
      } else {
        joined.append(period)
      }
    }
  }
}

extension Period {
  fileprivate var isEmpty: Bool { start == end }

  /// Nil where they have no moment in common.
  fileprivate func intersection(_ other: Period) -> Period? {
    let common = Period(start: max(start, other.start), end: min(end, other.end))
    return common.isEmpty ? nil : common
  }
}
