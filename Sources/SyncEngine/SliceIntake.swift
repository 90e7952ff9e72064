import CallDomain

/// Takes one slice of the log in: what started in it and what ended in it. The commit of its last
/// page moves the mark up to which the log is covered.
struct SliceIntake {
  let slice: Period
  /// Whether the slice reaches up to now.
  let isLast: Bool
  /// To be recorded with the slice's first commit.
  let gap: Period?
  let log: RunCallLog
  let commits: RunCommits
  let clock: EngineClock

  /// Calls that Twilio lists late are found by their end: it is looked for this much further back.
  private static let lateListingMinutes = 120
  /// Calls found by their end that are kept for the listing by start; more are stored before it.
  private static let mostKept = 10 * IntakePage.mostCalls

  func run(_ counter: inout RunCounter) async throws(RunFailure) {
    let readAt = clock.now()
    var marks = gap.map { [IntakeMark.gap($0)] } ?? []
    var ended = try await endedCalls(readAt, &marks, &counter)
    var listing = Listing(in: log)
    var page = try await listing.first(startQuery)
    while true {
      var listed = page.calls.filter(startedInSlice)
      counter.countListed(listed)
      for index in listed.indices {
        // A call in both listings counts in its newer version.
        if let other = ended.removeValue(forKey: listed[index].sid) {
          listed[index] = listed[index].merged(with: other)
        }
      }
      guard let next = page.next else {
        try await commitLast(listed, Array(ended.values), marks, readAt, &counter)
        return
      }
      try await commits.commit(IntakePage(calls: listed, readAt: readAt, marks: marks), &counter)
      marks = []
      page = try await listing.next(next, of: startQuery)
    }
  }

  private func commitLast(
    _ listed: [Call], _ ended: [Call], _ marks: [IntakeMark], _ readAt: Timestamp, _ counter: inout RunCounter
  ) async throws(RunFailure) {
    countEnded(ended, &counter)
    if isLast { announce(counter) }
    var marks = marks
    let rest = try await commit(
      listed + ended.sorted { $0.sid < $1.sid }, downTo: IntakePage.mostCalls, readAt, &marks, &counter)
    marks.append(.coveredUntil(slice.end))
    try await commits.commit(IntakePage(calls: rest, readAt: readAt, marks: marks), &counter)
    if isLast, counter.counts.totalCalls > 0 { commits.run.onEvent(.saved(calls: counter.counts.savedCalls)) }
  }

  private func countEnded(_ ended: [Call], _ counter: inout RunCounter) {
    counter.countListed(ended.filter { $0.callDate != nil && startedInSlice($0) })
  }

  /// Commits full pages, and returns what is left when it is no more than that.
  private func commit(
    _ calls: [Call], downTo most: Int, _ readAt: Timestamp, _ marks: inout [IntakeMark],
    _ counter: inout RunCounter
  ) async throws(RunFailure) -> [Call] {
    var rest = calls[...]
    while rest.count > most {
      let page = IntakePage(calls: Array(rest.prefix(IntakePage.mostCalls)), readAt: readAt, marks: marks)
      try await commits.commit(page, &counter)
      rest = rest.dropFirst(IntakePage.mostCalls)
      marks = []
    }
    return Array(rest)
  }

  private func announce(_ counter: RunCounter) {
    let counts = counter.counts
    commits.run.onEvent(.fetched(calls: counts.totalCalls))
    guard counts.totalCalls > 0 else {
      commits.run.onEvent(.noCalls)
      return
    }
    commits.run.onEvent(
      .processing(
        calls: counts.totalCalls, outbound: counts.case1Count + counts.case2Count,
        transfers: counts.case3Count))
    commits.run.onEvent(.saving(calls: counter.storable))
  }

  // Where Twilio takes bounds for whole days, an upper bound within a day would cut that day off;
  // so it is a midnight, or none where that lies ahead.
  private var startQuery: CallQuery {
    CallQuery(startedFrom: slice.start, startedBefore: isLast ? nil : slice.end.roundedUpToDay)
  }

  private func startedInSlice(_ call: Call) -> Bool {
    // A call whose time cannot be read is here because Twilio listed it.
    guard let moment = call.callDate else { return true }
    return slice.contains(moment)
  }

  /// What ended in the slice, but for what is so much that it was stored already.
  private func endedCalls(
    _ readAt: Timestamp, _ marks: inout [IntakeMark], _ counter: inout RunCounter
  ) async throws(RunFailure) -> [CallSID: Call] {
    let from = slice.start.adding(minutes: -Self.lateListingMinutes)
    let period = Period(start: from, end: slice.end)
    var ended: [CallSID: Call] = [:]
    let query = CallQuery(endedFrom: from, endedBefore: isLast ? nil : slice.end.roundedUpToDay)
    var listing = Listing(in: log)
    var page = try await listing.first(query)
    while true {
      for call in page.calls {
        guard let end = call.endTime, period.contains(end) else { continue }
        ended[call.sid] = ended[call.sid].map { $0.merged(with: call) } ?? call
      }
      if ended.count > Self.mostKept {
        let calls = ended.values.sorted { $0.sid < $1.sid }
        countEnded(calls, &counter)
        _ = try await commit(calls, downTo: 0, readAt, &marks, &counter)
        ended = [:]
      }
      guard let next = page.next else { return ended }
      page = try await listing.next(next, of: query)
    }
  }
}

extension Timestamp {
  /// The midnight that it is, or the next one.
  var roundedUpToDay: Timestamp {
    self == startOfDay ? self : startOfNextDay
  }
}
