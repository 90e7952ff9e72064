import CallDomain

/// The forms of answers: JSON Schema 2020-12, as OpenAPI 3.1 uses it. Further keys are allowed everywhere.
enum SchemaDescription {
  /// A schema of the components.
  static func reference(_ name: String) -> AnswerValue { ["$ref": "#/components/schemas/\(name)"] }

  /// An object that always has these keys.
  static func object(_ text: String, _ properties: [AnswerField], optional: Set<String> = []) -> AnswerValue {
    let required = properties.map(\.key).filter { !optional.contains($0) }
    return [
      "type": "object", "description": .text(text), "required": .list(required.map { .text($0) }),
      "properties": .object(properties),
    ]
  }

  /// The same, or null.
  static func orNull(_ schema: AnswerValue) -> AnswerValue { ["anyOf": [schema, ["type": "null"]]] }

  /// One of a few words.
  static func words(_ words: [String]) -> AnswerValue {
    ["type": "string", "enum": .list(words.map { .text($0) })]
  }

  static let time: AnswerValue = ["type": "string", "format": "date-time"]
  static let count: AnswerValue = ["type": "integer", "minimum": 0]
  /// Numbers of runs fit into 64 bits.
  static let runNumber: AnswerValue = [
    "type": "integer", "format": "int64", "minimum": 1, "maximum": .number(.max),
  ]

  static let errors: [AnswerField] = [
    AnswerField(
      "Error",
      object(
        "What failed.",
        [
          AnswerField("success", ["const": false]),
          AnswerField("error", ["type": "string", "description": "What failed and what to do, in Spanish."]),
          AnswerField("runId", runNumber),
        ], optional: ["runId"])),
    AnswerField(
      "Unauthorized",
      object(
        "The secret is missing or wrong.",
        [
          AnswerField("error", ["const": "Unauthorized"])
        ])),
  ]
}
