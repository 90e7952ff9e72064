package import CallDomain

/// What `explain` prints.
package struct ExplanationReport: Hashable, Sendable {
  private let explanation: Explanation

  package init(_ explanation: Explanation) {
    self.explanation = explanation
  }

  /// The call, why it belongs to its workspace, what was compared, and what to do after an arrow. Names and numbers
  /// are as others wrote them: whoever prints the lines cleans them.
  package var lines: [String] {
    let (text, whatToDo) = explanation.words()
    return [title, parties, ""] + text.map { "  \($0)" } + rows + candidates + moves
      + (whatToDo.map { ["", "→ \($0)"] } ?? [])
  }

  private var title: String {
    let call = explanation.facts.call
    let cost = call.cost.map { [$0, call.priceUnit].compactMap(\.self).joined(separator: " ") }
    let facts = [
      call.callDate?.iso8601, call.direction, call.status, call.duration.map { "\($0) s" }, cost,
    ]
    return "📞 " + ([call.sid.text] + facts.compactMap(\.self)).joined(separator: " · ")
  }

  private var parties: String {
    let call = explanation.facts.call
    let lead = call.leadNumber.map { ", lead \($0)" } ?? ""
    return "  \(call.from ?? "?") → \(call.to ?? "?"), \(name(call.workspace))\(lead)"
  }

  private var rows: [String] {
    guard !explanation.rows.isEmpty else { return [] }
    return ["", "📱 \(Words.rowsOfDirectory)"]
      + explanation.rows.map { ranked in
        line(
          ranked.isChosen,
          ["\(ranked.row.id)", "«\(ranked.row.number)»", name(ranked.row.workspace), ranked.reason.words()])
      }
  }

  private var candidates: [String] {
    guard !explanation.candidates.isEmpty else { return [] }
    return ["", "📤 \(Words.candidates)"]
      + explanation.candidates.map { candidate in
        let call = candidate.candidate.call
        let source = candidate.candidate.timeSource.map { " (\($0.words()))" } ?? ""
        let sign = candidate.offset < 0 ? "-" : "+"
        return line(
          candidate.isChosen,
          [
            call.sid.text, call.time.iso8601 + source, "\(sign)\(abs(candidate.offset) / 1000) s",
            call.ownNumber.canonical, name(candidate.workspace), candidate.reason.words(),
          ])
      }
  }

  private var moves: [String] {
    guard !explanation.facts.moves.isEmpty else { return [] }
    return ["", "🔀 \(Words.moves)"]
      + explanation.facts.moves.map { move in
        line(
          false,
          [
            move.movedAt?.iso8601, "\(name(move.from)) → \(name(move.to))", move.number?.canonical,
            move.reason(), move.run.map { Words.run($0) } ?? "migrate",
          ].compactMap(\.self))
      }
  }

  private func line(_ isChosen: Bool, _ facts: [String]) -> String {
    (isChosen ? "  ✅ " : "   · ") + facts.joined(separator: " · ")
  }

  private func name(_ workspace: WorkspaceID?) -> String {
    guard let workspace else { return Words.noWorkspace }
    return explanation.facts.names[workspace].map { "workspace \(workspace.number) («\($0)»)" }
      ?? "workspace \(workspace.number)"
  }
}
