package import CallDomain

/// What `phones` prints.
package struct PhonesReport: Hashable, Sendable {
  private let phones: [ListedPhone]

  package init(_ phones: [ListedPhone]) {
    self.phones = phones
  }

  /// A line a number, below it what is odd, and what mends that after an arrow. Names and numbers are as others wrote
  /// them: whoever prints the lines cleans them.
  package var lines: [String] {
    [Words.numbers(phones.count, odd: phones.count { !$0.odd.isEmpty })] + phones.flatMap(lines)
  }

  private func lines(of phone: ListedPhone) -> [String] {
    let name = phone.workspaceName.map { " («\($0)»)" } ?? ""
    let cost = phone.activity.cost.text
    let facts = [
      phone.number, phone.workspace.map { "workspace \($0.number)\(name)" } ?? Words.noWorkspace,
      phone.activity.lastCall.map { Words.lastCall($0.iso8601) },
      Words.recent(phone.activity.calls, days: PhoneActivity.days), cost.isEmpty ? nil : cost,
    ]
    let odd = phone.odd.map { $0.words() }
    return [(odd.isEmpty ? "📱 " : "⚠️ ") + facts.compactMap(\.self).joined(separator: " · ")]
      + (odd.isEmpty ? [] : ["   " + odd.joined(separator: " · ")]) + phone.whatToDo().map { "   → \($0)" }
  }
}
