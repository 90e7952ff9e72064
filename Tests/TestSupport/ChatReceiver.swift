import Foundation
import Synchronization

/// A chat tool's incoming webhook on a loopback port, as strict as the tool is: it refuses a body with a key that
/// it does not know.
package final class ChatReceiver: Sendable {
  /// Whose webhook it is, named as the service's setting names it.
  package enum Tool: String, Sendable, CaseIterable {
    case slack, discord
    case googleChat = "google-chat"
    case teams
  }

  /// Why a body is refused.
  private struct Refusal: Error {
    let reason: String
  }

  private final class Shown: Sendable {
    let texts = Mutex<[String]>([])
  }

  private let server: RawServer
  private let shown: Shown

  package init(_ tool: Tool) throws {
    let shown = Shown()
    self.shown = shown
    server = try RawServer { request, connection in
      do throws(Refusal) {
        let text = try Self.text(of: request, for: tool)
        shown.texts.withLock { $0.append(text) }
        connection.write(
          status: tool == .discord ? "204 No Content" : tool == .teams ? "202 Accepted" : "200 OK")
      } catch {
        connection.write(status: "400 Bad Request", body: Array(error.reason.utf8))
      }
    }
  }

  package var url: String { server.url }
  /// What people see of the messages that were taken.
  package var messages: [String] { shown.texts.withLock(\.self) }
  /// How many messages came, those that were refused too.
  package var attempts: Int { server.requests.count }

  private static func text(of request: String, for tool: Tool) throws(Refusal) -> String {
    guard let end = request.range(of: "\r\n\r\n"), request.contains("Content-Type: application/json"),
      let body = try? JSONSerialization.jsonObject(with: Data(request[end.upperBound...].utf8)),
      let message = body as? [String: Any]
    else { throw Refusal(reason: "no JSON object") }
    return switch tool {
    case .slack: try slack(message)
    case .discord: try discord(message)
    case .googleChat: try googleChat(message)
    case .teams: try teams(message)
    }
  }

  private static func slack(_ message: [String: Any]) throws(Refusal) -> String {
    let text = try only("text", of: message)
    guard text.count <= 40_000 else { throw Refusal(reason: "msg_too_long") }
    guard !text.contains("<"), !text.replacing(/&(?:amp|lt|gt);/, with: "").contains("&") else {
      throw Refusal(reason: "a link or a mention")
    }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }

  private static func discord(_ message: [String: Any]) throws(Refusal) -> String {
    let text = try only("content", of: message)
    guard text.unicodeScalars.count <= 2000 else { throw Refusal(reason: "BASE_TYPE_MAX_LENGTH") }
    return text
  }

  private static func googleChat(_ message: [String: Any]) throws(Refusal) -> String {
    let text = try only("text", of: message)
    guard text.utf8.count <= 32_000 else { throw Refusal(reason: "too long") }
    return text
  }

  /// An adaptive card (https://adaptivecards.io/explorer) of the elements that the service uses.
  private static func teams(_ message: [String: Any]) throws(Refusal) -> String {
    try allow(["type", "attachments"], in: message)
    guard message["type"] as? String == "message",
      let attachments = message["attachments"] as? [[String: Any]],
      let attachment = attachments.first, attachments.count == 1
    else { throw Refusal(reason: "Property 'attachments' is missing") }
    try allow(["contentType", "contentUrl", "content"], in: attachment)
    guard attachment["contentType"] as? String == "application/vnd.microsoft.card.adaptive",
      let card = attachment["content"] as? [String: Any]
    else { throw Refusal(reason: "no adaptive card") }
    try allow(["$schema", "type", "version", "body", "actions"], in: card)
    guard card["type"] as? String == "AdaptiveCard", let version = card["version"] as? String,
      ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"].contains(version),
      let blocks = card["body"] as? [[String: Any]],
      !blocks.isEmpty
    else { throw Refusal(reason: "no card of a known version") }
    var lines: [String] = []
    for block in blocks {
      try allow(["type", "text", "wrap"], in: block)
      guard block["type"] as? String == "TextBlock", let text = block["text"] as? String, !text.contains("\n")
      else {
        throw Refusal(reason: "no block of text")
      }
      lines.append(text)
    }
    for action in card["actions"] as? [[String: Any]] ?? [] {
      try allow(["type", "title", "url"], in: action)
      guard action["type"] as? String == "Action.OpenUrl", action["title"] is String,
        let address = action["url"] as? String, URL(string: address)?.scheme?.hasPrefix("http") == true
      else { throw Refusal(reason: "no action") }
      lines.append(address)
    }
    return lines.joined(separator: "\n")
  }

  private static func only(_ key: String, of message: [String: Any]) throws(Refusal) -> String {
    try allow([key], in: message)
    guard let text = message[key] as? String, !text.isEmpty else {
      throw Refusal(reason: "Cannot send an empty message")
    }
    return text
  }

  private static func allow(_ keys: Set<String>, in object: [String: Any]) throws(Refusal) {
    let unknown = Set(object.keys).subtracting(keys).sorted()
    guard unknown.isEmpty else {
      throw Refusal(
        reason: "Invalid JSON payload received. Unknown name \"\(unknown[0])\": Cannot find field.")
    }
  }
}
