import Foundation
import Telemetry
import Testing

struct LogLineTests {
  private func makeLine(
    event: String = "run_finished", text: [String] = [], fields: [LogField] = []
  ) -> LogLine {
    LogLine(time: "2025-10-05T20:00:00.000Z", level: .info, event: event, text: text, fields: fields)
  }

  @Test("JSON has time, level and event first, then the fields in their order, numbers as numbers")
  func jsonOrder() {
    let line = makeLine(fields: [
      LogField("runId", .integer(42)), LogField("seconds", .double(1.5)),
      LogField("kind", .text("hourly")), LogField("dryRun", .bool(false)),
    ])
    #expect(
      line.json() == """
        {"ts":"2025-10-05T20:00:00.000Z","level":"info","event":"run_finished","runId":42,\
        "seconds":1.5,"kind":"hourly","dryRun":false}

        """)
  }

  @Test("Each character that JSON or a line reader trips over is escaped")
  func jsonEscapes() {
    let line = makeLine(
      event: "e", fields: [LogField("t", .text("\"\\\n\r\t\u{0}\u{1F}\u{7F}\u{2028}\u{2029}ñ🎉"))])
    let expected = #""t":"\"\\\n\r\t\u0000\u001f\u007f\u2028\u2029ñ🎉"}"# + "\n"
    #expect(line.json().hasSuffix(expected))
  }

  @Test("What JSON has no number for becomes null", arguments: [Double.nan, .infinity, -.infinity])
  func jsonNotFinite(value: Double) {
    #expect(makeLine(fields: [LogField("v", .double(value))]).json().hasSuffix("\"v\":null}\n"))
  }

  @Test("Any text survives the way through JSON, and stays on one line")
  func jsonRoundTrip() throws {
    let scalars = (0...0x2FFF).compactMap { Unicode.Scalar(UInt32($0)) } + ["\u{FEFF}", "\u{10FFFF}"]
    for scalar in scalars {
      let text = "a\(scalar)b"
      let json = makeLine(fields: [LogField("v", .text(text))]).json()
      #expect(json.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
      let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
      let read = object?["v"] as? String
      #expect(read.map { Array($0.unicodeScalars) } == Array(text.unicodeScalars))
    }
  }

  @Test("Text has a line feed after each line, empty lines included")
  func plainText() {
    #expect(makeLine(text: ["", "📊 Procesando", "  📤 Caso"]).plainText() == "\n📊 Procesando\n  📤 Caso\n")
    #expect(makeLine().plainText() == "")
  }

  @Test("A value cannot forge a line of text")
  func plainTextForged() {
    let forged = "a\nb\r\nc\u{1B}[31m\u{85}d\u{2028}e"
    #expect(makeLine(text: [forged]).plainText() == "a b  c [31m d e\n")
    let turned = "a\u{202E}b\u{202C}c\u{2067}d\u{2069}e\u{200F}f\u{61C}g"
    #expect(makeLine(text: [turned]).plainText() == "a b c d e f g\n")
  }

  @Test("A text of any length is cut, between characters and after the secrets are out")
  func bounded() throws {
    let secret = "s3cretvalue"
    let long = String(repeating: "ñ", count: 4094) + secret + String(repeating: "x", count: 1_000_000)
    let line = makeLine(
      text: [long, "next"], fields: [LogField("a", .text(long)), LogField("b", .integer(1))])
    for redaction in [Redaction.none, Redaction(secrets: [secret])] {
      let text = line.plainText(redaction)
      let json = line.json(redaction)
      #expect(text.utf8.count < 8300 && json.utf8.count < 8300)
      #expect(text.hasSuffix("…\nnext\n") && json.hasSuffix("…\",\"b\":1}\n"))
      _ = try JSONSerialization.jsonObject(with: Data(json.utf8))
    }
    let redacted = line.plainText(Redaction(secrets: [secret]))
    #expect(redacted.contains("ñ•…\n") && !redacted.contains("s3"))
    let longest = String(repeating: "x", count: 8192)
    #expect(makeLine(text: [longest]).plainText() == longest + "\n")
  }

  @Test("Secrets are replaced in both forms, also one that is a number or needs escapes")
  func redacted() throws {
    let redaction = Redaction(secrets: ["s3cret\"\\value", "123456789"])
    let line = makeLine(
      text: ["clave s3cret\"\\value"],
      fields: [
        LogField("a", .text("x s3cret\"\\value")), LogField("b", .integer(123_456_789)),
        LogField("c", .double(123_456_789.5)),
      ])
    #expect(line.plainText(redaction) == "clave •••\n")
    #expect(line.json(redaction).hasSuffix(#""a":"x •••","b":"•••","c":"•••.5"}"# + "\n"))
    _ = try JSONSerialization.jsonObject(with: Data(line.json(redaction).utf8))
  }
}
