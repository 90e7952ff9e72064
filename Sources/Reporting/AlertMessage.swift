package import CallDomain

/// What a chat tool is told when an alert begins or ceases to fire.
package struct AlertMessage: Hashable, Sendable {
  private let alert: Alert

  package init(_ alert: Alert) {
    self.alert = alert
  }

  /// The message for people.
  package var text: String {
    guard alert.isFiring else {
      return "✅ twilio-sync: \(alert.name.rawValue) se ha resuelto. \(alert.detail)"
    }
    let advice = alert.whatToDo.map { "\n→ \($0)" } ?? ""
    return "🚨 twilio-sync: \(alert.name.rawValue). \(alert.detail)\(advice)"
  }

  /// The message as a webhook takes it: `text` for Slack, Mattermost, Teams and Google Chat, `content` for
  /// Discord, which takes 2000 characters; the rest for programs.
  package var json: String {
    RunAnswer([
      AnswerField("text", .text(text)),
      AnswerField("content", .text(String(text.prefix(2000)))),
      AnswerField("alert", .text(alert.name.rawValue)),
      AnswerField("firing", .bool(alert.isFiring)),
      AnswerField("since", alert.since.map { .text($0.iso8601) } ?? .null),
      AnswerField("detail", .text(alert.detail)),
      AnswerField("whatToDo", alert.whatToDo.map { .text($0) } ?? .null),
    ]).json
  }
}
