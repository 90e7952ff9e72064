package import CallDomain

/// What `doctor` prints.
package struct DoctorReport: Hashable, Sendable {
  private let findings: [Finding]

  /// - Parameter findings: in the order in which they are shown.
  package init(_ findings: [Finding]) {
    self.findings = findings
  }

  /// A line for each check, with what to do after an arrow, and a last one that counts them.
  package func lines(paint: Paint = .none) -> [String] {
    let total = Words.total(
      checks: findings.count, faults: findings.count { $0.level == .fault },
      warnings: findings.count { $0.level == .warning })
    return findings.flatMap { finding in [line(finding, paint)] + (finding.cause.map { ["  ↳ \($0)"] } ?? [])
    }
      + ["", total]
  }

  /// The same as an answer, for `--json`.
  package var answer: RunAnswer {
    RunAnswer([
      AnswerField(
        "healthy", .bool(!findings.contains { $0.state == .broken || $0.state != .ok && $0.topic == .alert })),
      AnswerField("findings", .list(findings.map(Self.answer))),
      AnswerField("state", .text(findings.state.rawValue)),
    ])
  }

  /// `failed` when something needs a person.
  package var exitStatus: ExitStatus {
    findings.state == .ok ? .done : .failed
  }

  private func line(_ finding: Finding, _ paint: Paint) -> String {
    let advice = finding.whatToDo.map { " → \($0)" } ?? ""
    let rest = ": \(finding.detail)\(advice)"
    switch finding.level {
    case .ok: return "✅ " + paint.green(finding.check) + rest
    case .warning: return "⚠️ " + paint.yellow(finding.check) + rest
    case .fault: return "❌ " + paint.red(finding.check) + rest
    }
  }

  private static func answer(_ finding: Finding) -> AnswerValue {
    .object([
      AnswerField("level", .text(finding.level.rawValue)),
      AnswerField("check", .text(finding.check)),
      AnswerField("detail", .text(finding.detail)),
      AnswerField("whatToDo", finding.whatToDo.map { .text($0) } ?? .null),
    ])
  }
}
