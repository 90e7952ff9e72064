/// How the history is cut into slices that are read side by side. The first page of a slice tells how
/// dense its calls lie; a large one is cut before it is read on, so that an empty year costs a few
/// requests and a full one keeps everybody busy.
///
/// A slice that is cut is read anew in its parts: its own listing cannot simply be left early, because
/// nobody promises the order of a listing to the second (facts 1.7).
package struct SlicePlan: Hashable, Sendable {
  /// How exact the bounds of a listing may be.
  package enum Granularity: Hashable, Sendable {
    /// Only whole UTC dates are promised (facts 1.5).
    case day
    /// An answer has shown that the time of day is honoured.
    case second
  }

  /// How many slices are read at once.
  package var workers: Int
  package var granularity: Granularity

  package init(workers: Int, granularity: Granularity = .day) {
    self.workers = max(1, workers)
    self.granularity = granularity
  }

  /// A slice of up to this many pages is read in one go when there are enough others.
  static let longestSlice = 16
  /// The pages of a part: the last page of a part is half empty on average.
  static let pagesPerPart = 12
  /// Fewer pages are not worth a request of their own.
  static let shortestPart = 2

  /// How many pages the slice has if its calls lie as dense as those of its first page.
  ///
  /// - Parameter earliest: The start of the earliest call on the first page.
  package func pages(in period: Period, firstPageBackTo earliest: Timestamp) -> Int {
    let whole = period.end.milliseconds(since: period.start)
    let covered = max(1, period.end.milliseconds(since: max(earliest, period.start)))
    return Int((whole + covered - 1) / covered)
  }

  /// The parts in which the rest of a slice is to be read, newest first; nil when it is read on as it is.
  ///
  /// - Parameters:
  ///   - pages: How many pages it seems to have.
  ///   - others: How many other slices are waiting or being read.
  package func parts(of period: Period, pages: Int, others: Int) -> [Period]? {
    let count: Int
    if others + 1 >= 2 * workers {
      guard pages > Self.longestSlice else { return nil }
      count = (pages + Self.pagesPerPart - 1) / Self.pagesPerPart
    } else {
      count = min(2 * workers - others, pages / Self.shortestPart)
    }
    return cut(period, into: min(count, Self.mostParts))
  }

  /// Whether the slice is too large and only the granularity stands in the way of cutting it.
  package func wantsFinerCut(of period: Period, pages: Int) -> Bool {
    granularity == .day && pages > Self.longestSlice && cut(period, into: 2) == nil
  }

  private static let mostParts = 64

  private func cut(_ period: Period, into count: Int) -> [Period]? {
    guard count > 1 else { return nil }
    let whole = period.end.milliseconds(since: period.start)
    var bounds: [Timestamp] = [period.start]
    for position in 1..<count {
      let moment = Timestamp(
        milliseconds: period.start.milliseconds + whole / Int64(count) * Int64(position))
      let bound = rounded(moment)
      if let last = bounds.last, bound > last, bound < period.end { bounds.append(bound) }
    }
    guard bounds.count > 1 else { return nil }
    return zip(bounds, bounds.dropFirst() + [period.end]).map { Period(start: $0, end: $1) }.reversed()
  }

  private func rounded(_ moment: Timestamp) -> Timestamp {
    switch granularity {
    case .day: moment.startOfDay
    case .second: Timestamp(seconds: moment.milliseconds / 1000)
    }
  }
}
