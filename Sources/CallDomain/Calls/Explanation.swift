/// Why a stored call belongs to its workspace: the rules applied to what is stored now, with every comparison that
/// decided, beside what the row says. Pure; it decides by the resolver's own comparisons.
package struct Explanation: Hashable, Sendable {
  /// What the database holds about a call and what decides it.
  package struct Facts: Hashable, Sendable {
    package var call: ListedCall
    /// The call as the rules see it.
    package var stored: StoredCall
    package var rows: [PhoneRow] = []
    /// For a transfer, the calls that rang its lead, at least the ten nearest on either side.
    package var candidates: [StoredCandidate] = []
    package var names: [WorkspaceID: String] = [:]
    /// Numbers that stand in `workspaces` itself, which decides nothing.
    package var numbersOfWorkspaces: [WorkspaceID: PhoneNumber] = [:]
    /// The last changes of its workspace, the newest first; at most `mostMoves`.
    package var moves: [RecordedMove] = []
    /// Whether the rules have been applied to the row: an older program may have written it since the last run.
    package var isTakenIn = true

    package init(call: ListedCall, stored: StoredCall) {
      self.call = call
      self.stored = stored
    }
  }

  /// What decided, or why nothing did.
  package enum Ground: String, Hashable, Sendable, CaseIterable {
    /// The number is listed.
    case listed
    case notListed = "not_listed"
    /// The number stands only in rows without a workspace.
    case listedWithoutWorkspace = "listed_without_workspace"
    /// The caller, which would be a number of ours, is withheld or unknown.
    case ownNumberWithheld = "own_number_withheld"
    /// The lead of a transfer is withheld or unknown.
    case leadWithheld = "lead_withheld"
    case noCandidate = "no_candidate"
    /// The call is of none of the three cases any more and keeps its workspace.
    case noCase = "no_case"
    /// An older program has written the row, and no hourly run has taken it in yet.
    case notTakenIn = "not_taken_in"
  }

  /// What is different now from when the row was written.
  package enum Difference: Hashable, Sendable {
    /// The call's own number.
    case number
    /// The directory: the number is the same, its workspace is another.
    case directory
    /// The call that decides a transfer.
    case candidate
    /// The workspace alone: no number decides, now or when the row was written, or the row has no workspace.
    case workspace
  }

  /// A candidate, with its place among the others.
  package struct Candidate: Hashable, Sendable {
    package let candidate: StoredCandidate
    /// From its time to the transfer's, in milliseconds; below 0 where it was before.
    package let offset: Int64
    /// The workspace that its number has now.
    package let workspace: WorkspaceID
    package let isChosen: Bool
    package let reason: CandidateReason

    /// How far away it is, to the second, so that no two of different distances read alike: `2 h 5 min 10 s`.
    package var distance: String {
      let seconds = abs(offset) / 1000
      let parts = [
        (seconds / 86_400, "d"), (seconds % 86_400 / 3600, "h"), (seconds % 3600 / 60, "min"),
        (seconds % 60, "s"),
      ]
      let all = parts.drop { $0.0 == 0 }
      let shown = all.dropFirst(2).contains { $0.0 > 0 } ? all : all.prefix(2)
      return shown.isEmpty ? "0 s" : shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
  }

  package let facts: Facts
  /// The workspace of calls that nothing else claims.
  package let defaultWorkspace: WorkspaceID
  package let ground: Ground
  package let rows: [PhoneDirectory.Ranked]
  /// The ten nearest, the one that decides first.
  package let candidates: [Candidate]
  /// What the rules say now; nil for a call of no case, and for one that is not taken in.
  package let decided: Attribution?
  /// Nil where the row says what the rules say.
  package let difference: Difference?

  /// At most so many candidates are shown.
  package static let mostCandidates = 10
  /// At most so many moves are shown.
  package static let mostMoves = 50

  package init(_ facts: Facts, defaultWorkspace: WorkspaceID) {
    self.facts = facts
    self.defaultWorkspace = defaultWorkspace
    let call = facts.stored.call
    let directory = PhoneDirectory(rows: facts.rows, defaultWorkspace: defaultWorkspace)
    let resolver = WorkspaceResolver(directory: directory)
    decided =
      facts.isTakenIn ? resolver.attribution(of: call, candidates: facts.candidates.map(\.call)) : nil
    let number = decided?.decidingNumber
    rows = number.map { PhoneDirectory.ranked(facts.rows, for: $0, defaultWorkspace: defaultWorkspace) } ?? []
    let moment = call.effectiveTime
    let bySID = Dictionary(
      facts.candidates.map { ($0.call.sid, $0) }, uniquingKeysWith: { first, _ in first })
    candidates = CandidateCall.ranked(facts.candidates.map(\.call), to: moment).prefix(Self.mostCandidates)
      .enumerated().compactMap { position, ranked in
        bySID[ranked.call.sid].map { candidate in
          Candidate(
            candidate: candidate, offset: ranked.call.time.milliseconds(since: moment),
            workspace: resolver.attribution(ofOwnNumber: ranked.call.ownNumber).workspace,
            isChosen: position == 0, reason: ranked.reason)
        }
      }
    ground = facts.isTakenIn ? Self.ground(of: call, number: number, rows: rows) : .notTakenIn
    difference = decided.flatMap { Self.difference($0, facts.stored) }
  }

  private static func ground(
    of call: Call, number: PhoneNumber?, rows: [PhoneDirectory.Ranked]
  ) -> Ground {
    guard let attributionCase = call.attributionCase else { return .noCase }
    guard number != nil else {
      guard attributionCase == .transfer else { return .ownNumberWithheld }
      return call.leadNumber == nil ? .leadWithheld : .noCandidate
    }
    if rows.first?.isChosen == true { return .listed }
    return rows.contains { $0.reason == .noWorkspace } ? .listedWithoutWorkspace : .notListed
  }

  private static func difference(_ decided: Attribution, _ stored: StoredCall) -> Difference? {
    if stored.phoneNumber != decided.decidingNumber {
      return stored.call.attributionCase == .transfer ? .candidate : .number
    }
    if stored.workspace == decided.workspace { return nil }
    return stored.workspace == nil || decided.decidingNumber == nil ? .workspace : .directory
  }

  /// Whether the number that decides has the default workspace because a call brought it, and nobody has given it to a
  /// customer yet.
  var isUnassigned: Bool {
    guard ground == .listed, let row = rows.first?.row else { return false }
    return row.workspace == defaultWorkspace && !row.isPrimary
  }

  /// The workspaces that `workspaces` names for the number that decides, where `workspace_phones` names none, or only
  /// the default one for want of another.
  package var workspacesAlone: [WorkspaceID] {
    guard let number = decided?.decidingNumber, ground != .listed || isUnassigned else { return [] }
    let named = facts.numbersOfWorkspaces.filter { $0.value == number }.map(\.key).sorted()
    return isUnassigned ? named.filter { $0 != defaultWorkspace } : named
  }
}

/// A stored call of case 1 or 2 that rang a lead, with which of its times counts.
package struct StoredCandidate: Hashable, Sendable {
  /// Which of a call's times is the one that counts.
  package enum TimeSource: String, Hashable, Sendable {
    case end, start, creation
  }

  package let call: CandidateCall
  /// Nil for a call without any time, which counts as at the epoch.
  package let timeSource: TimeSource?

  package init(call: CandidateCall, timeSource: TimeSource?) {
    self.call = call
    self.timeSource = timeSource
  }
}

extension Call {
  /// Which of its times `effectiveTime` is.
  package var timeSource: StoredCandidate.TimeSource? {
    endTime != nil ? .end : startTime != nil ? .start : dateCreated != nil ? .creation : nil
  }
}

extension Explanation {
  /// The call with its explanation, as `/api/calls/{sid}` and `explain --json` answer.
  package var wholeAnswer: AnswerValue {
    .object([AnswerField("call", .object(facts.call.fields)), AnswerField("attribution", answer)])
  }

  /// The explanation as an object of answers (contract of `/api/calls/{sid}`; Reference.md, "Explanations").
  var answer: AnswerValue {
    let call = facts.stored.call
    let words = words()
    let rule: AnswerValue = call.attributionCase.map { .number($0 == .transfer ? 2 : 1) } ?? .null
    return .object([
      AnswerField("case", call.attributionCase.map { .number(Int64($0.number)) } ?? .null),
      AnswerField("rule", rule), AnswerField("ground", .text(ground.rawValue)),
      AnswerField("ownNumber", .orNull(call.ownNumber?.canonical)),
      AnswerField("leadNumber", .orNull(call.leadNumber?.canonical)),
      AnswerField("directory", .list(rows.map(answer))),
      AnswerField("candidates", .list(candidates.map(answer))),
      AnswerField("decided", decided.map { answer($0.workspace, $0.decidingNumber) } ?? .null),
      AnswerField("stored", answer(facts.stored.workspace, facts.stored.phoneNumber)),
      AnswerField("agrees", .bool(difference == nil)),
      AnswerField("moves", .list(facts.moves.map(\.answer))),
      AnswerField("text", .text(words.text.joined(separator: " "))),
      AnswerField("whatToDo", .orNull(words.whatToDo)),
    ])
  }

  private func answer(_ row: PhoneDirectory.Ranked) -> AnswerValue {
    .object([
      AnswerField("id", .number(row.row.id)), AnswerField("written", .text(row.row.number)),
      AnswerField("workspace", row.row.workspace.map { .number($0.number) } ?? .null),
      AnswerField("isPrimary", .bool(row.row.isPrimary)), AnswerField("chosen", .bool(row.isChosen)),
      AnswerField("reason", .text(row.reason.rawValue)),
    ])
  }

  private func answer(_ candidate: Candidate) -> AnswerValue {
    let call = candidate.candidate.call
    return .object([
      AnswerField("sid", .text(call.sid.text)), AnswerField("time", .text(call.time.iso8601)),
      AnswerField("timeFrom", candidate.candidate.timeSource.map { .text($0.rawValue) } ?? .null),
      AnswerField("distanceSeconds", .number(abs(candidate.offset) / 1000)),
      AnswerField("ownNumber", .text(call.ownNumber.canonical)),
      AnswerField("workspace", .number(candidate.workspace.number)),
      AnswerField("chosen", .bool(candidate.isChosen)),
      AnswerField("reason", .text(candidate.reason.rawValue)),
    ])
  }

  private func answer(_ workspace: WorkspaceID?, _ number: PhoneNumber?) -> AnswerValue {
    .object([
      AnswerField("workspace", workspace.map { .number($0.number) } ?? .null),
      AnswerField("workspaceName", workspace.flatMap { facts.names[$0] }.map { .text($0) } ?? .null),
      AnswerField("phoneNumber", number.map { .text($0.canonical) } ?? .null),
    ])
  }
}
