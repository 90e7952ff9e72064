/// What is answered about a run, over HTTP and by `--json` alike: an object whose keys keep
/// their order (Reference.md, "The answer of a run").
package struct RunAnswer: Hashable, Sendable {
  package let fields: [AnswerField]

  package init(_ fields: [AnswerField]) {
    self.fields = fields
  }

  /// The answer as one line of JSON (RFC 8259), without a line feed at its end.
  package var json: String { AnswerValue.object(fields).json }
}

/// One key of an answer and its value.
package struct AnswerField: Hashable, Sendable {
  package let key: String
  package let value: AnswerValue

  package init(_ key: String, _ value: AnswerValue) {
    self.key = key
    self.value = value
  }
}

/// A value of an answer. Objects keep the order of their keys.
package indirect enum AnswerValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case bool(Bool)
  case list([AnswerValue])
  case object([AnswerField])
  case null

  /// The value as JSON (RFC 8259) on one line, with a space nowhere outside texts.
  package var json: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let number): String(number)
    case .bool(let bool): bool ? "true" : "false"
    case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    case .object(let fields):
      "{" + fields.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
    case .null: "null"
    }
  }

  // U+2028 and U+2029 are legal in JSON but end a line in some readers of it, and the controls from U+0080 on are
  // orders to some terminals.
  private static func quoted(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case "\n": json += "\\n"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let hex = String(scalar.value, radix: 16)
        json += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}

extension AnswerValue {
  static func orNull(_ text: String?) -> AnswerValue { text.map { .text($0) } ?? .null }
  static func orNull(_ number: Int64?) -> AnswerValue { number.map { .number($0) } ?? .null }
}

extension RunCounts {
  /// The counts as fields of an object.
  package var fields: [AnswerField] {
    Self.named.map { AnswerField($0.name, .number(Int64(self[keyPath: $0.path]))) }
  }
}

extension SyncRun {
  /// The answer to whoever started this run: the keys of Reference.md, "The answer of a run", in their order when
  /// it succeeded, else `success`, `error` and `runId`.
  package var answer: RunAnswer {
    guard state == .succeeded else {
      return RunFailure(.internal, error ?? "La ejecución no ha terminado.", runID: id).answer
    }
    return RunAnswer(audited ?? assigned ?? outcome + details)
  }

  private var audited: [AnswerField]? {
    guard kind == .audit else { return nil }
    return [AnswerField("success", .bool(true))] + days.answer + [
      AnswerField("runId", .number(id.number)), AnswerField("message", .text(message)),
      AnswerField("twilioRequests", .number(Int64(counts.twilioRequests))),
      AnswerField("durationMs", .orNull(durationMilliseconds)),
    ]
  }

  // Of an assignment the counts say nothing that its moves do not.
  private var assigned: [AnswerField]? {
    guard let assignment else { return nil }
    return [
      AnswerField("success", .bool(true)), AnswerField("dryRun", .bool(isRehearsal)),
      AnswerField("number", .text(assignment.number.canonical)),
      AnswerField("workspace", .number(assignment.workspace.number)),
      AnswerField("moves", .list(moves.map(\.answer))), AnswerField("runId", .number(id.number)),
      AnswerField("message", .text(message)),
    ]
  }

  // The promised order: the first six counts, the message, the rest.
  private var outcome: [AnswerField] {
    let moment = period?.end ?? finishedAt
    let head = [
      AnswerField("success", .bool(true)),
      AnswerField("synced_at", moment.map { .text($0.iso8601) } ?? .null),
      AnswerField("period", period.map(Self.answer) ?? .null),
    ]
    return head + counts.fields.prefix(6) + [AnswerField("message", .text(message))]
      + counts.fields.dropFirst(6)
  }

  private var message: String {
    switch kind {
    case .reattribute where isRehearsal, .assign where isRehearsal:
      "Ensayo completado, nada ha cambiado. Llamadas que se reasignarían: \(counts.reattributedCalls)"
        + (obstacle.map { ". De verdad se rechazaría: \($0.message)" } ?? "")
    case .assign: "Número asignado. Llamadas reasignadas: \(counts.reattributedCalls)"
    case .reattribute: "Reasignación de llamadas completada"
    case .audit: "Auditoría completada"
    case .hourly where counts.totalCalls > 0: "Sincronización horaria completada"
    case .historical where counts.totalCalls > 0: "Resincronización histórica completada"
    case .hourly, .historical: "No hay llamadas nuevas"
    }
  }

  private var details: [AnswerField] {
    [
      AnswerField("durationMs", .orNull(durationMilliseconds)), AnswerField("runId", .number(id.number)),
    ] + rehearsalAndMoves
  }

  /// What a run is told by, besides its counts, in answers and records.
  package var rehearsalAndMoves: [AnswerField] {
    [AnswerField("dryRun", .bool(isRehearsal)), AnswerField("moves", .list(moves.map(\.answer)))]
      + (kind == .audit ? [AnswerField("days", .list(days.map(\.answer)))] : [])
  }

  private static func answer(_ period: Period) -> AnswerValue {
    .object([
      AnswerField("start", .text(period.start.iso8601)), AnswerField("end", .text(period.end.iso8601)),
    ])
  }
}

extension RunFailure {
  /// The answer to whoever asked for the run: `success`, `error`, and `moves` and `runId` where there are any.
  package var answer: RunAnswer {
    let run = runID.map { [AnswerField("runId", .number($0.number))] } ?? []
    let preview = moves.isEmpty ? [] : [AnswerField("moves", .list(moves.map(\.answer)))]
    return RunAnswer(
      [AnswerField("success", .bool(false)), AnswerField("error", .text(message))] + preview + run)
  }
}
