import Foundation
import Telemetry
import TestSupport
import Testing

@Suite("Any secret, in any form, in any cause", .timeLimit(.minutes(2)))
struct SecretPropertyTests {
  /// What secrets are made of: what generators take, and what is escaped or masked somewhere.
  private static let characters = Array(
    "abcXYZ0123456789012345678901234567890123456789-_.~:/?#[]@!$&'()*+,;=%\"<>\\^`{|} ñ🎉")

  /// How a program may write a secret that was sent to it.
  private static let forms: [@Sendable (String) -> String] = [
    { $0 }, quoted, percentEncoded, { percentEncoded(percentEncoded($0)) },
    json, { json(percentEncoded($0)) },
    { quoted(json($0)) }, html, { quoted(html(percentEncoded($0))) },
    { Data("AC012345:\($0)".utf8).base64EncodedString() }, { Data("\($0)@host".utf8).base64EncodedString() },
    { percentEncoded(Data("key-1:\($0)".utf8).base64EncodedString()) },
  ]

  @Test("It never comes out of a log line, and what stands around it does")
  func neverShown() throws {
    try forEachSeed(2000) { random in
      let count = random.number(in: 8...40)
      let secret = String((0..<count).compactMap { _ in random.element(of: Self.characters) })
      guard let form = random.element(of: Self.forms) else { return }
      let isPart = random.chance(50)
      let redaction = isPart ? Redaction(secrets: [], parts: [secret]) : Redaction(secrets: [secret])
      let shown = form(secret)
      let cause = "refused +34911679868 «\(shown)»\n(\(shown)), \(shown)"
      let line = LogLine(time: "now", level: .error, event: "e", text: ["❌ x"], cause: cause)
      let expected = "refused …868 «•••»\n(•••), •••"
      let text = line.plainText(redaction)
      try #require(
        text == "❌ x\n  ↳ \(expected.replacing("\n", with: " "))\n", "\(secret.debugDescription) as \(shown)")
      let object = try JSONSerialization.jsonObject(with: Data(line.json(redaction).utf8)) as? [String: Any]
      try #require(
        object?["cause"] as? String == expected, "\(secret.debugDescription) as \(shown)")
    }
  }

  private static func percentEncoded(_ text: String) -> String {
    text.addingPercentEncoding(
      withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: " "..."~")))
      ?? text
  }

  /// As Swift writes a text between quotes.
  private static func quoted(_ text: String) -> String {
    String(text.debugDescription.dropFirst().dropLast())
  }

  /// As JSON's encoders write a text that must be ASCII, and a slash.
  private static func json(_ text: String) -> String {
    text.utf16.map { unit in
      switch unit {
      case 0x22, 0x2F, 0x5C: "\\" + String(UnicodeScalar(UInt8(unit)))
      case 0x20..<0x7F: String(UnicodeScalar(UInt8(unit)))
      default:
        "\\u" + String(repeating: "0", count: 4 - String(unit, radix: 16).count) + String(unit, radix: 16)
      }
    }.joined()
  }

  private static func html(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
  }
}
