package import CallDomain

/// The rules of attribution (`Reference.md`, "Rules") in the most naive way: one pass over all calls,
/// everything compared with everything. What the service stores must equal this, however it came about.
///
/// Of the service's own code only `Call` and `PhoneNumber` and plain values are used.
package struct PlainModel {
  /// Whose call it is.
  package struct Row: Hashable, Sendable {
    package var workspace: WorkspaceID
    /// The column `phone_number`.
    package var phoneNumber: String?
    /// The column `lead_number`.
    package var leadNumber: String?

    package init(workspace: WorkspaceID, phoneNumber: String? = nil, leadNumber: String? = nil) {
      self.workspace = workspace
      self.phoneNumber = phoneNumber
      self.leadNumber = leadNumber
    }
  }

  /// What all calls together come to.
  package struct Outcome: Hashable, Sendable {
    /// The stored calls; directions that are not stored are missing.
    package var rows: [CallSID: Row] = [:]
    /// The numbers that get a new row in `workspace_phones`, with the default workspace.
    package var createdPhones: Set<String> = []
    /// The ids of rows without a workspace that are given the default one, as lists of the rows
    /// of one number of which exactly one is taken.
    package var adoptedRows: Set<[Int64]> = []
  }

  // Canonical forms are worked out once; everything else is worked out every time.
  private let calls: [(call: Call, from: String?, to: String?)]
  private let directory: [(row: PhoneRow, number: String?)]
  private let defaultWorkspace: WorkspaceID
  private let former: Set<CallSID>

  /// - Parameters:
  ///   - calls: All calls as they are now, each SID once.
  ///   - former: Those of them that are of no case any more and were stored as calls of case 1 or 2.
  package init(
    calls: [Call], directory: [PhoneRow], defaultWorkspace: WorkspaceID, former: Set<CallSID> = []
  ) {
    self.calls = calls.map { ($0, PhoneNumber($0.from)?.canonical, PhoneNumber($0.to)?.canonical) }
    self.directory = directory.map { ($0, PhoneNumber(listed: $0.number)?.canonical) }
    self.defaultWorkspace = defaultWorkspace
    self.former = former
  }

  /// Attributes every call.
  package func outcome() -> Outcome {
    var outcome = Outcome()
    for (call, from, to) in calls {
      switch call.direction?.text {
      // The row of a call of no case any more stays whose it was, and explains no transfer.
      case "outbound-api", "trunking-terminating",
        _ where former.contains(call.sid):
        outcome.rows[call.sid] = Row(workspace: workspace(of: from), phoneNumber: from, leadNumber: to)
        discover(from, in: &outcome)
      case "trunking-originating":
        let deciding = decidingNumber(at: time(of: call), lead: from)
        outcome.rows[call.sid] = Row(
          workspace: workspace(of: deciding), phoneNumber: deciding, leadNumber: from)
      default:
        break
      }
    }
    return outcome
  }

  // Rule 4.
  private func workspace(of wanted: String?) -> WorkspaceID {
    guard let wanted else { return defaultWorkspace }
    var listed: [(workspace: WorkspaceID, isPrimary: Bool, id: Int64)] = []
    for (row, number) in directory where number == wanted {
      guard let workspace = row.workspace else { continue }
      listed.append((workspace, row.isPrimary, row.id))
    }
    if listed.contains(where: { $0.isPrimary }) {
      listed = listed.filter { $0.isPrimary }
    }
    if listed.contains(where: { $0.workspace != defaultWorkspace }) {
      listed = listed.filter { $0.workspace != defaultWorkspace }
    }
    let lowest = listed.map { $0.id }.min()
    for row in listed where row.id == lowest {
      return row.workspace
    }
    return defaultWorkspace
  }

  // Rule 1, "not found", and the last sentence of rule 4.
  private func discover(_ wanted: String?, in outcome: inout Outcome) {
    guard let wanted else { return }
    let rows = directory.filter { $0.number == wanted }.map { $0.row }
    if rows.contains(where: { $0.workspace != nil }) { return }
    if rows.isEmpty {
      outcome.createdPhones.insert(wanted)
    } else {
      outcome.adoptedRows.insert(rows.map { $0.id }.sorted())
    }
  }

  // Rule 2: the `from` of the winner, nil without a candidate.
  private func decidingNumber(at time: Int64, lead: String?) -> String? {
    guard let lead else { return nil }
    var best: (call: Call, from: String)?
    for (candidate, from, to) in calls {
      guard ["outbound-api", "trunking-terminating"].contains(candidate.direction?.text),
        let from, to == lead
      else { continue }
      guard let rival = best?.call else {
        best = (candidate, from)
        continue
      }
      let distance = abs(self.time(of: candidate) - time)
      let rivalDistance = abs(self.time(of: rival) - time)
      let isEarlier = self.time(of: candidate) <= time
      let rivalIsEarlier = self.time(of: rival) <= time
      if distance < rivalDistance {
        best = (candidate, from)
      } else if distance == rivalDistance, isEarlier, !rivalIsEarlier {
        best = (candidate, from)
      } else if distance == rivalDistance, isEarlier == rivalIsEarlier,
        Array(candidate.sid.text.utf8).lexicographicallyPrecedes(Array(rival.sid.text.utf8))
      {
        best = (candidate, from)
      }
    }
    return best?.from
  }

  private func time(of call: Call) -> Int64 {
    if let end = call.endTime { return end.milliseconds }
    if let start = call.startTime { return start.milliseconds }
    if let created = call.dateCreated { return created.milliseconds }
    return 0
  }
}
