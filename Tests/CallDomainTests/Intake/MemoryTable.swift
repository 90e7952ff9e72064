import CallDomain

/// The tables in memory: a page commit with the pure halves that the store uses, and evidence
/// read in the plainest way.
struct MemoryTable {
  private(set) var rows: [CallSID: StoredCall] = [:]
  private(set) var directory: [PhoneRow]
  let defaultWorkspace: WorkspaceID
  /// How many rows were written so far, repeated ones included.
  private(set) var writes = 0

  init(directory: [PhoneRow], defaultWorkspace: WorkspaceID = WorkspaceID(1)) {
    self.directory = directory
    self.defaultWorkspace = defaultWorkspace
  }

  /// Commits a page; every SID once.
  @discardableResult
  mutating func commit(_ page: [Call], isLastWord: Bool = false) -> PageOutcome {
    let sids = Set(page.map(\.sid))
    let stored = rows.filter { sids.contains($0.key) }
    let merged = MergedPage(page: page, stored: stored, directory: phones, isLastWord: isLastWord)
    for number in merged.newPhones {
      let id = (directory.map(\.id).max() ?? 0) + 1
      directory.append(
        PhoneRow(id: id, workspace: defaultWorkspace, number: number.canonical, isPrimary: false))
    }
    for place in directory.indices where merged.unclaimedRows.contains(directory[place].id) {
      directory[place].workspace = defaultWorkspace
    }
    merged.outboundRows.forEach { write($0) }

    var candidates = merged.transfers.map { self.candidates(for: $0, stored: nil) }
    for (sid, row) in rows where !sids.contains(sid) && row.call.attributionCase == .transfer {
      guard let lead = row.leadNumber, merged.touched.contains(where: { $0.lead == lead }) else { continue }
      let old = TransferCandidates.Stored(workspace: row.workspace, phoneNumber: row.phoneNumber)
      candidates.append(self.candidates(for: row.call, stored: old))
    }
    let decided = DecidedPage(
      merged: merged, stored: stored, candidates: candidates, directory: phones,
      createdPhones: merged.newPhones.count, isLastWord: isLastWord)
    decided.transferRows.forEach { write($0) }
    for change in decided.reattributions {
      rows[change.sid]?.workspace = change.attribution.workspace
      rows[change.sid]?.phoneNumber = change.attribution.decidingNumber
      writes += 1
    }
    return decided.outcome
  }

  private var phones: PhoneDirectory {
    PhoneDirectory(rows: directory, defaultWorkspace: defaultWorkspace)
  }

  private mutating func write(_ row: CallRow) {
    writes += 1
    rows[row.call.sid] = StoredCall(
      call: row.call, workspace: row.attribution.workspace, phoneNumber: row.attribution.decidingNumber,
      leadNumber: row.leadNumber, cost: row.call.price?.magnitude, effectiveTime: row.call.effectiveTime)
  }

  // At most the nearest on either side, as the store's query finds them.
  private func candidates(for transfer: Call, stored: TransferCandidates.Stored?) -> TransferCandidates {
    let moment = transfer.effectiveTime
    let candidates = rows.values.filter {
      $0.leadNumber == transfer.leadNumber && $0.leadNumber != nil
    }.compactMap { CandidateCall($0.call) }
    let before = candidates.filter { $0.time <= moment }
      .min { ($1.time, $0.sid) < ($0.time, $1.sid) }
    let after = candidates.filter { $0.time > moment }
      .min { ($0.time, $0.sid) < ($1.time, $1.sid) }
    return TransferCandidates(
      sid: transfer.sid, leadNumber: transfer.leadNumber, time: moment,
      candidates: [before, after].compactMap(\.self), stored: stored)
  }
}
