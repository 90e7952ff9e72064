/// One page of the list.
struct CallPage: Sendable {
  let entries: [AccountEntry]
  /// Whether `next_page_uri` is given.
  let hasNext: Bool
}

/// Picks the calls of a page.
struct CallPager {
  let account: SimulatedAccount
  let options: ListingOptions
  let now: Moment

  /// - Throws: 21481 when the token's call is unknown, 20004 outside retention.
  func page(_ query: ListQuery) throws(APIProblem) -> CallPage {
    if let days = options.retentionDays, let from = query.started.from,
      from < now.adding(seconds: -Int64(days) * 86_400)
    {
      throw .outsideRetention
    }
    guard let token = query.token else { return older(than: nil, query) }
    guard let entry = account.entry(token.sid) else { throw .badPageToken }
    switch token.direction {
    case .next: return older(than: startingPoint(behind: entry.position, query), query)
    case .previous: return newer(than: entry.position, query)
    }
  }

  private func older(than position: LogPosition?, _ query: ListQuery) -> CallPage {
    var found: [AccountEntry] = []
    for entry in account.older(than: position, within: bounds(query), at: now) {
      guard shows(entry, query) else { continue }
      if found.count == query.pageSize {
        return CallPage(entries: found, hasNext: true)
      }
      found.append(entry)
    }
    let isFull = found.count == query.pageSize
    return CallPage(entries: found, hasNext: isFull && options.emptyLastPage)
  }

  private func newer(than position: LogPosition, _ query: ListQuery) -> CallPage {
    var found: [AccountEntry] = []
    for entry in account.newer(than: position, within: bounds(query), at: now) where shows(entry, query) {
      found.append(entry)
      if found.count == query.pageSize { break }
    }
    return CallPage(entries: found.reversed(), hasNext: true)
  }

  /// Some rows further up than the token says, when rows are to be repeated.
  private func startingPoint(behind position: LogPosition, _ query: ListQuery) -> LogPosition {
    let repeats = min(options.repeatedRows, query.pageSize - 1)
    guard repeats > 0 else { return position }
    var start = position
    var count = 0
    for entry in account.newer(than: position, within: bounds(query), at: now) where shows(entry, query) {
      start = entry.position
      count += 1
      if count == repeats { break }
    }
    return start
  }

  private func shows(_ entry: AccountEntry, _ query: ListQuery) -> Bool {
    guard entry.listed(lagSeconds: options.lagSeconds) <= now, entry.position.created <= now else {
      return false
    }
    return query.matches(entry.facts(at: now, style: options.emptyFields), precision: options.precision)
  }

  /// The creations that can matter: a call starts and ends at or after its creation, and within the
  /// longest life of a stream's calls.
  private func bounds(_ query: ListQuery) -> ClosedRange<Moment> {
    let started = query.started.truncated(to: options.precision)
    let ended = query.ended.truncated(to: options.precision)
    let earliest = [started.earliest, ended.earliest].compactMap { $0 }.max()
    let latest = [started.end, ended.end].compactMap { $0 }.min()
    let upper = min(latest ?? now, now)
    let lower = earliest?.adding(seconds: -CallStream.longestLifeSeconds) ?? Moment(milliseconds: .min)
    return min(lower, upper)...upper
  }
}
