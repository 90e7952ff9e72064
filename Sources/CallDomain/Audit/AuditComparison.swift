/// A part of a UTC day as Twilio tells it, to be compared with what is stored.
package struct AuditPage: Sendable {
  /// What the audit has compared before.
  package var done: [Period]
  /// Rows that began here are to be among the calls.
  package var span: Period
  /// Every SID once.
  package var calls: [Call]
  /// Rows that were compared before and are passed over.
  package var known: Set<String>
  /// Calls that decide other transfers than their rows do, as far as the audit knows them.
  package var changed: [ChangedCandidate]

  package init(
    done: [Period], span: Period, calls: [Call], known: Set<String> = [], changed: [ChangedCandidate] = []
  ) {
    self.done = done
    self.span = span
    self.calls = calls
    self.known = known
    self.changed = changed
  }
}

/// A call that is, was or would be a candidate for a lead's transfers, and that Twilio tells in another way than its
/// row, or that has none.
package struct ChangedCandidate: Hashable, Codable, Sendable {
  package let sid: String
  fileprivate let lead: String?
  fileprivate let ownNumber: String?
  fileprivate let time: Timestamp
  /// Whether a row of it has to be passed over.
  package let isStored: Bool

  fileprivate var candidate: CandidateCall? {
    guard let sid = CallSID(sid), let ownNumber else { return nil }
    return CandidateCall(sid: sid, ownNumber: PhoneNumber(stored: ownNumber), time: time)
  }

  /// Nil for a call that decides the same.
  fileprivate init?(_ call: Call, stored: StoredCall?) {
    let candidate = CandidateCall(call)
    guard candidate != nil || stored?.candidate != nil,
      candidate != stored?.candidate || call.leadNumber != stored?.leadNumber
    else { return nil }
    sid = call.sid.text
    lead = call.leadNumber?.canonical
    ownNumber = candidate?.ownNumber.canonical
    time = call.effectiveTime
    isStored = stored != nil
  }
}

/// What differs between a part of a day and its rows: what a resync that is begun anew would change.
package struct AuditComparison: Hashable, Sendable {
  /// Missing, different and misattributed calls of the page.
  package var differences: [AuditDifference] = []
  /// Ids of rows of the span that are none of the calls.
  package var unlisted: [String] = []
  /// Transfers that were compared before, as they are by what the page tells.
  package var redecided: [Redecided] = []
  /// Candidates that the page changes.
  package var changed: [ChangedCandidate] = []
  /// Calls of a case, and stored ones.
  package var twilioCalls = 0
  package var storedCalls = 0
  package var refusedCalls = 0
  package var skippedCalls = 0

  package init() {}

  /// A transfer that was compared before.
  package struct Redecided: Hashable, Sendable {
    package let sid: String
    package let day: Timestamp
    /// Nil where its row is right.
    package let difference: AuditDifference?
  }

  /// What is to be asked for alone before it is believed.
  package var doubtful: [CallSID] {
    (differences.filter { $0.kind == .different }.map(\.sid) + unlisted).compactMap(CallSID.init)
  }
}

/// A page of an audit merged with its rows as a resync that is begun anew would merge it: the first half of the
/// comparison, before the candidates are read. Pure.
package struct AuditDraft: Sendable {
  private let page: AuditPage
  private let stored: [CallSID: StoredCall]
  private let resolver: WorkspaceResolver
  package let merged: MergedPage
  /// All changed candidates so far.
  private let changed: [ChangedCandidate]
  private var comparison = AuditComparison()

  /// - Parameters:
  ///   - stored: The rows of the span and of the page's calls.
  ///   - others: Ids of rows of the span that are no SIDs.
  ///   - refused: Calls that were set aside.
  package init(
    _ page: AuditPage, stored all: [CallSID: StoredCall], others: [String], refused: Set<CallSID>,
    directory: PhoneDirectory
  ) {
    let stored = all.filter { !page.known.contains($0.key.text) }
    let calls = page.calls.filter { stored[$0.sid] != nil || !refused.contains($0.sid) }
    let listed = Set(calls.map(\.sid))
    self.page = page
    self.stored = stored
    resolver = WorkspaceResolver(directory: directory)
    merged = MergedPage(page: calls, stored: stored, directory: directory, isLastWord: true)
    comparison.refusedCalls = page.calls.count - calls.count
    comparison.skippedCalls = calls.count { $0.attributionCase == nil && stored[$0.sid] == nil }
    comparison.twilioCalls = calls.count - comparison.skippedCalls
    comparison.storedCalls = stored.count + others.count
    comparison.unlisted = stored.keys.filter { !listed.contains($0) }.map(\.text).sorted() + others
    comparison.changed = calls.compactMap { ChangedCandidate($0, stored: stored[$0.sid]) }
    let news = Set(comparison.changed.map(\.sid))
    changed = page.changed.filter { !news.contains($0.sid) } + comparison.changed
  }

  /// Rows that are no candidates for the comparison: it has them as Twilio tells them.
  package var passedOver: [String] { changed.filter(\.isStored).map(\.sid) }

  /// - Parameters:
  ///   - candidates: One for each transfer of the page that has a lead, and one for each stored transfer that a
  ///     touched moment may have changed.
  ///   - rows: The rows of the latter.
  package func compared(
    _ candidates: [TransferCandidates], rows: [CallSID: StoredCall]
  ) -> AuditComparison {
    var comparison = comparison
    let byLead = Dictionary(grouping: changed, by: \.lead)
    func attribution(_ call: Call, _ found: TransferCandidates?) -> Attribution? {
      let told = call.leadNumber.flatMap { byLead[$0.canonical] } ?? []
      return resolver.attribution(
        of: call, candidates: (found?.candidates ?? []) + told.compactMap(\.candidate))
    }
    let bySID = Dictionary(candidates.map { ($0.sid, $0) }, uniquingKeysWith: { first, _ in first })
    let transfers = merged.transfers.compactMap { call in
      attribution(call, bySID[call.sid]).map {
        CallRow(call: call, attribution: $0, leadNumber: call.leadNumber)
      }
    }
    let others = merged.outboundRows.filter { $0.call.attributionCase != .transfer }
    comparison.differences = (others + transfers).compactMap { $0.difference(from: stored[$0.call.sid]) }
    for found in candidates where found.stored != nil {
      guard let row = rows[found.sid], let date = row.call.callDate,
        page.done.contains(where: { $0.contains(date) }), let attribution = attribution(row.call, found)
      else { continue }
      let call = CallRow(call: row.call, attribution: attribution, leadNumber: row.leadNumber)
      let difference = call.difference(from: row)
      guard difference?.kind ?? .misattributed == .misattributed else { continue }
      comparison.redecided.append(
        AuditComparison.Redecided(sid: found.sid.text, day: date.startOfDay, difference: difference))
    }
    return comparison
  }
}

extension CallRow {
  /// What a resync that is begun anew would change of a stored row; nil for nothing.
  package func difference(from stored: StoredCall?) -> AuditDifference? {
    let sid = call.sid.text
    guard let stored else { return AuditDifference(sid, .missing) }
    guard !isStored(as: stored, isLastWord: true) else { return nil }
    let old = stored.call
    let facts = [
      ("from", call.from == old.from), ("to", call.to == old.to),
      ("direction", call.direction == old.direction), ("status", call.status == old.status),
      ("duration", call.duration == old.duration), ("startTime", call.startTime == old.startTime),
      ("endTime", call.endTime == old.endTime), ("dateCreated", call.dateCreated == old.dateCreated),
      ("dateUpdated", call.dateUpdated == old.dateUpdated), ("price", call.price == old.price),
      ("priceUnit", call.priceUnit == old.priceUnit), ("cost", stored.cost == call.price?.magnitude),
      ("leadNumber", stored.leadNumber == leadNumber),
      ("effectiveAt", stored.effectiveTime == call.effectiveTime),
    ]
    if let field = facts.first(where: { !$0.1 })?.0 ?? stored.contradiction {
      return AuditDifference(sid, .different, field: field)
    }
    let isWorkspace = stored.workspace != attribution.workspace
    return AuditDifference(sid, .misattributed, field: isWorkspace ? "workspace" : "phoneNumber")
  }
}
