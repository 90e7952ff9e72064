import CallDomain
import Foundation
import Reporting
import Testing

@Suite("The message of an alert")
struct AlertMessageTests {
  private static let firing = Alert(
    .noRun, isFiring: true, since: Timestamp(seconds: 1_759_694_400),
    detail: "Todavía no ha acabado bien ninguna ejecución horaria.",
    whatToDo: "Ejecute \"twilio-sync hourly\".")

  private func object(
    _ alert: Alert, _ format: WebhookFormat = .json, link: String? = nil
  ) throws -> [String: Any] {
    let data = Data(AlertMessage(alert, link: link).json(as: format).utf8)
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test("Chat tools find their key, programs theirs")
  func keys() throws {
    let object = try object(Self.firing)
    let text =
      "🚨 twilio-sync: no_run. Todavía no ha acabado bien ninguna ejecución horaria.\n→ Ejecute \"twilio-sync hourly\"."
    #expect(object["text"] as? String == text && object["content"] as? String == text)
    #expect(object["alert"] as? String == "no_run" && object["firing"] as? Bool == true)
    #expect(object["since"] as? String == "2025-10-05T20:00:00.000Z")
    #expect(Set(object.keys) == ["text", "content", "alert", "firing", "since", "detail", "whatToDo"])
  }

  @Test("Each chat tool is sent its own key and nothing else, the link in it")
  func chatTools() throws {
    let link = "https://sync.example/?a=1&b=2"
    let text = AlertMessage(Self.firing, link: link).text
    #expect(text.hasSuffix("\n→ Ejecute \"twilio-sync hourly\".\n\(link)"))
    for (format, key) in [(WebhookFormat.discord, "content"), (.googleChat, "text"), (.slack, "text")] {
      let object = try object(Self.firing, format, link: link)
      #expect(object.count == 1)
      let expected = format == .slack ? text.replacing("&", with: "&amp;") : text
      #expect(object[key] as? String == expected)
    }
    let card = AlertMessage(Self.firing, link: link).json(as: .teams)
    #expect(
      card.contains(#""actions":[{"type":"Action.OpenUrl","title":"Abrir twilio-sync","url":"\#(link)"}]"#))
    #expect(card.components(separatedBy: #""type":"TextBlock""#).count == 3)
    #expect(!AlertMessage(Self.firing).json(as: .teams).contains("actions"))
    #expect(try object(Self.firing, link: link)["link"] as? String == link)
  }

  @Test("What would be a link or a mention in Slack is not")
  func slackEscapes() throws {
    let detail = "<!channel> a & b <\u{301}x>\u{301}"
    let odd = Alert(.noRun, isFiring: true, since: nil, detail: detail, whatToDo: nil)
    let told = "🚨 twilio-sync: no_run. &lt;!channel&gt; a &amp; b &lt;\u{301}x&gt;\u{301}"
    #expect(try object(odd, .slack)["text"] as? String == told)
  }

  @Test(
    "Who listens is known by the name of the host",
    arguments: [
      ("hooks.slack.com", "/services/T/B/x", WebhookFormat.slack), ("hooks.slack-gov.com", "/x", .slack),
      ("discord.com", "/api/webhooks/1/x", .discord), ("ptb.discord.com", "/x", .discord),
      ("discordapp.com", "/x", .discord), ("discord.com", "/api/webhooks/1/x/slack", .slack),
      ("chat.googleapis.com", "/v1/spaces/A/messages", .googleChat),
      ("acme.webhook.office.com", "/webhookb2/x", .teams),
      ("prod-12.westeurope.logic.azure.com", "/x", .teams),
      ("default1.2.environment.api.powerplatform.com", "/powerautomate/x", .teams),
      ("hooks.slack.com.example", "/", .json), ("nothooks.slack.com", "/", .json),
      ("notdiscord.com", "/", .json),
      ("mattermost.example", "/hooks/x", .json), ("127.0.0.1", "/slack", .json), ("", "", .json),
    ])
  func formats(host: String, path: String, format: WebhookFormat) {
    #expect(WebhookFormat(host: host, path: path) == format)
  }

  @Test("The end of an alert is told, too; a text too long for a chat is cut")
  func resolved() throws {
    let calm = Alert(.noRun, isFiring: false, since: nil, detail: "Todo va bien.", whatToDo: nil)
    #expect(AlertMessage(calm).text == "✅ twilio-sync: no_run se ha resuelto. Todo va bien.")
    let object = try object(calm)
    #expect(object["firing"] as? Bool == false && object["whatToDo"] is NSNull && object["since"] is NSNull)
    let long = Alert(
      .noRun, isFiring: true, since: nil, detail: String(repeating: "ñ", count: 5000), whatToDo: nil)
    for format in [WebhookFormat.json, .discord] {
      #expect(try self.object(long, format)["content"].map { "\($0)".unicodeScalars.count } == 2000)
    }
  }

  @Test(
    "However long it is, its body is such as Google Chat and Teams take, with all its lines",
    arguments: ["ñ", "\"", "\u{7}", "🚨"])
  func sizes(sign: String) throws {
    let words = String(repeating: sign, count: 50_000)
    let alert = Alert(.noRun, isFiring: true, since: nil, detail: words, whatToDo: words)
    let link = "https://sync.example/"
    for (format, most) in [(WebhookFormat.googleChat, 32_000), (.teams, 28_000), (.slack, 32_000)] {
      let body = AlertMessage(alert, link: link).json(as: format)
      #expect(body.utf8.count < most)
      #expect(body.contains("no_run. ") && body.contains("→ ") && body.contains(link))
    }
    // Programs get all of it.
    #expect(try object(alert)["detail"] as? String == words)
  }
}
