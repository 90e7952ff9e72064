/// How the history is cut into slices that are read side by side. The first page of a slice tells how
/// dense its calls lie; a large one is cut before it is read on, so that an empty year costs a few
/// requests and a full one keeps everybody busy.
///
/// A slice that is cut is read anew in its parts: its own listing cannot simply be left early, because
/// nobody promises the order of a listing to the second (Twilio.md, "Order and lag").
package struct SlicePlan: Hashable, Sendable {
  /// How many slices are read at once.
  package let workers: Int

  package init(workers: Int) {
    self.workers = max(1, workers)
  }

  /// A slice of up to this many pages is read in one go when there are enough others.
  static let longestSlice = 16
  /// The pages of a part: the last page of a part is half empty on average.
  static let pagesPerPart = 12
  /// Fewer pages are not worth a request of their own.
  static let shortestPart = 2
  /// Where a reader would be idle, a day is cut while so many of its pages come to each slice: a cut within a
  /// day costs two requests.
  static let pagesWorthACut = 4

  /// How many pages the slice has if its calls lie as dense as those of its first page.
  ///
  /// - Parameter earliest: The start of the earliest call on the first page.
  package func pages(in period: Period, firstPageBackTo earliest: Timestamp) -> Int {
    let whole = period.end.milliseconds(since: period.start)
    let covered = max(1, period.end.milliseconds(since: max(earliest, period.start)))
    return Int((whole + covered - 1) / covered)
  }

  /// The parts in which the rest of a slice is to be read, newest first; nil when it is read on as it is.
  /// They meet at midnights, which every Twilio takes as they are: only whole UTC dates are promised as
  /// bounds.
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

  /// Bounds at which a slice within one UTC day may be cut in two, the best first: the middle, then nearer
  /// to the calls of its first page, where the others may crowd, too. Whoever cuts there has an answer show
  /// first that such bounds are honoured. None when the slice is read on as it is.
  ///
  /// - Parameters:
  ///   - pages: How many pages it seems to have.
  ///   - earliest: The start of the earliest call on the first page.
  ///   - others: How many other slices are waiting or being read.
  package func boundsWithinDay(
    of period: Period, pages: Int, firstPageBackTo earliest: Timestamp, others: Int
  ) -> [Timestamp] {
    guard period.isWithinOneDay, others + 1 < workers, pages / Self.pagesWorthACut > others + 1 else {
      return []
    }
    let reach = min(earliest, period.end).milliseconds(since: period.start)
    return [2, 4, 8].map { period.start.adding(seconds: Int((reach - reach / $0) / 1000)) }
      .filter { period.start < $0 && $0 < period.end }
  }

  private static let mostParts = 64

  private func cut(_ period: Period, into count: Int) -> [Period]? {
    guard count > 1 else { return nil }
    let whole = period.end.milliseconds(since: period.start)
    var bounds: [Timestamp] = [period.start]
    for position in 1..<count {
      let moment = Timestamp(
        milliseconds: period.start.milliseconds + whole / Int64(count) * Int64(position))
      // Of a period with one midnight each part would else round down to before its start.
      let bound = max(moment.startOfDay, period.start.startOfNextDay)
      if let last = bounds.last, bound > last, bound < period.end { bounds.append(bound) }
    }
    guard bounds.count > 1 else { return nil }
    return zip(bounds, bounds.dropFirst() + [period.end]).map { Period(start: $0, end: $1) }.reversed()
  }
}

extension Period {
  /// Whether it lies within one UTC day.
  package var isWithinOneDay: Bool { end <= start.startOfNextDay }
  /// Whether it lies within one UTC day and ends before that day does.
  package var endsWithinItsDay: Bool { end < start.startOfNextDay }
}
