package import CallDomain

/// What a chat tool is told when an alert begins or ceases to fire.
package struct AlertMessage: Hashable, Sendable {
  private let alert: Alert
  private let link: String?

  /// - Parameter link: Where people find the service's page; nil to leave it out.
  package init(_ alert: Alert, link: String? = nil) {
    self.alert = alert
    self.link = link
  }

  /// The message for people.
  package var text: String {
    ([headline] + [advice, link].compactMap(\.self)).joined(separator: "\n")
  }

  private var headline: String {
    Self.cut(
      alert.isFiring
        ? "🚨 twilio-sync: \(alert.name.rawValue). \(alert.detail)"
        : "✅ twilio-sync: \(alert.name.rawValue) se ha resuelto. \(alert.detail)")
  }

  private var advice: String? {
    alert.isFiring ? alert.whatToDo.map { Self.cut("→ \($0)") } : nil
  }

  /// The message as a webhook of that tool takes it.
  package func json(as format: WebhookFormat) -> String {
    switch format {
    case .slack: RunAnswer([AnswerField("text", .text(Self.escapedForSlack(text)))]).json
    case .discord: RunAnswer([AnswerField("content", .text(Self.cut(text)))]).json
    case .googleChat: RunAnswer([AnswerField("text", .text(text))]).json
    case .teams: card.json
    case .json: facts.json
    }
  }

  /// The text for chat tools that read what they know, such as Mattermost, and the rest for programs.
  private var facts: RunAnswer {
    RunAnswer(
      [
        AnswerField("text", .text(text)), AnswerField("content", .text(Self.cut(text))),
        AnswerField("alert", .text(alert.name.rawValue)), AnswerField("firing", .bool(alert.isFiring)),
        AnswerField("since", alert.since.map { .text($0.iso8601) } ?? .null),
        AnswerField("detail", .text(alert.detail)),
        AnswerField("whatToDo", alert.whatToDo.map { .text($0) } ?? .null),
      ] + (link.map { [AnswerField("link", .text($0))] } ?? []))
  }

  // https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
  // A line end in a block is dropped, so each line is one of its own.
  private var card: RunAnswer {
    let lines = [headline, advice].compactMap(\.self).map { line in
      AnswerValue.object([
        AnswerField("type", .text("TextBlock")), AnswerField("text", .text(line)),
        AnswerField("wrap", .bool(true)),
      ])
    }
    let action = link.map { link in
      AnswerField(
        "actions",
        .list([
          .object([
            AnswerField("type", .text("Action.OpenUrl")), AnswerField("title", .text("Abrir twilio-sync")),
            AnswerField("url", .text(link)),
          ])
        ]))
    }
    let content = [
      AnswerField("$schema", .text("http://adaptivecards.io/schemas/adaptive-card.json")),
      AnswerField("type", .text("AdaptiveCard")), AnswerField("version", .text("1.4")),
      AnswerField("body", .list(lines)),
    ]
    return RunAnswer([
      AnswerField("type", .text("message")),
      AnswerField(
        "attachments",
        .list([
          .object([
            AnswerField("contentType", .text("application/vnd.microsoft.card.adaptive")),
            AnswerField("content", .object(content + [action].compactMap(\.self))),
          ])
        ])),
    ])
  }

  // https://docs.slack.dev/messaging/formatting-message-text: these three begin links and mentions.
  private static func escapedForSlack(_ text: String) -> String {
    text.escaping("&", as: "&amp;").escaping("<", as: "&lt;").escaping(">", as: "&gt;")
  }

  /// Discord takes 2000 characters (https://discord.com/developers/docs/resources/webhook). Two lines of so many, with
  /// the link and the card around them, are also fewer bytes than Google Chat takes, 32,000
  /// (https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages/create), and Teams, 28 KB
  /// (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook).
  private static func cut(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(2000)))
  }
}

/// Who listens at `ALERT_WEBHOOK_URL`: each chat tool refuses or ignores the body of another.
package enum WebhookFormat: String, Hashable, Sendable, CaseIterable {
  case slack, discord
  case googleChat = "google-chat"
  case teams
  /// Programs, and chat tools that pick what they know.
  case json

  /// By where it listens.
  ///
  /// - Parameters:
  ///   - host: In lower case.
  ///   - path: Discord takes Slack's body at an address that says so.
  package init(host: String, path: String) {
    func isIn(_ domains: String...) -> Bool {
      domains.contains { host == $0 || host.hasSuffix(".\($0)") }
    }
    if isIn("hooks.slack.com", "hooks.slack-gov.com") {
      self = .slack
    } else if isIn("discord.com", "discordapp.com") {
      self = path.hasSuffix("/slack") ? .slack : .discord
    } else if host == "chat.googleapis.com" {
      self = .googleChat
    } else if isIn("webhook.office.com", "logic.azure.com", "powerplatform.com", "powerautomate.com") {
      self = .teams
    } else {
      self = .json
    }
  }
}
