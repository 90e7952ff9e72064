/// One event of the log, for people and for machines.
package struct LogLine: Hashable, Sendable {
  /// When it happened, as the caller writes times: `2025-10-05T20:00:00.000Z`.
  package let time: String
  package let level: LogLevel
  /// The event's name for machines, such as `run_started`.
  package let event: String
  /// What people read: any number of lines, empty ones included. Machines get the fields.
  package let text: [String]
  package let fields: [LogField]
  /// What another program or the system said of a failure. People find it on a line of its own, machines in the
  /// field `cause`, both without secrets and phone numbers.
  package let cause: String?

  /// One event, as it happened.
  package init(
    time: String, level: LogLevel, event: String, text: [String] = [], fields: [LogField] = [],
    cause: String? = nil
  ) {
    self.time = time
    self.level = level
    self.event = event
    self.text = text
    self.fields = fields
    self.cause = cause
  }

  /// The event in that format.
  package func written(_ format: Logger.Format, _ redaction: Redaction = .none) -> String {
    switch format {
    case .text: plainText(redaction)
    case .json: json(redaction)
    }
  }

  /// The lines for people, each on one line and ended by a line feed; empty when there are none.
  package func plainText(_ redaction: Redaction = .none) -> String {
    let lines = text.map { redaction.applied(to: $0) }
    let cause = cause.map { ["  ↳ " + redaction.applied(toWordsOfOthers: $0)] } ?? []
    return (lines + cause).map { Self.bounded(Self.onOneLine($0)) + "\n" }.joined()
  }

  /// One JSON object (RFC 8259) on one line, ended by a line feed: `ts`, `level`, `event`, then
  /// the fields in their order. The text for people is not part of it.
  package func json(_ redaction: Redaction = .none) -> String {
    var json = "{\"ts\":" + JSONText.string(redaction.applied(to: time))
    json += ",\"level\":" + JSONText.string(level.rawValue)
    json += ",\"event\":" + JSONText.string(redaction.applied(to: event))
    for field in fields {
      json += "," + JSONText.string(redaction.applied(to: field.key)) + ":"
      json += Self.json(field.value, redaction)
    }
    if let cause {
      json += ",\"cause\":" + JSONText.string(Self.bounded(redaction.applied(toWordsOfOthers: cause)))
    }
    return json + "}\n"
  }

  // A secret may consist of digits: a number that spells it is written as a text.
  private static func json(_ value: LogValue, _ redaction: Redaction) -> String {
    switch value {
    case .text(let text): return JSONText.string(bounded(redaction.applied(to: text)))
    case .bool(let bool): return bool ? "true" : "false"
    case .integer(let value): return number(String(value), redaction)
    case .double(let value): return value.isFinite ? number(value.description, redaction) : "null"
    }
  }

  private static func number(_ text: String, _ redaction: Redaction) -> String {
    let redacted = redaction.applied(to: text)
    return redacted == text ? text : JSONText.string(redacted)
  }

  // What comes from outside may be as long as an answer. It is cut after the secrets are out, so that none
  // is cut in two and missed.
  private static func bounded(_ text: String) -> String {
    guard text.utf8.count > longest else { return text }
    return text[..<text.utf8.index(text.startIndex, offsetBy: longest)] + "…"
  }

  /// Bytes of a line or of a field's text.
  private static let longest = 8192

  /// `text` with each control character as a space, those that turn the direction of writing included: no value can
  /// forge a line, or have one read otherwise.
  package static func onOneLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: breaksLine) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { breaksLine($0) ? " " : $0 }))
  }

  private static func breaksLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{200E}",
      "\u{200F}", "\u{61C}":
      true
    default: false
    }
  }
}
