import CallDomain
import WebServer

/// One answer of a route.
struct ResponseDescription: Sendable {
  let status: Int
  /// When it comes, in a sentence.
  let text: String
  var headers: [AnswerField] = HeaderDescription.traced
  /// By media type.
  let content: [AnswerField]
  /// Its name among the components, where routes share it.
  var component: String?

  /// An answer with JSON of the named schema.
  static func json(
    _ status: HTTPStatus, _ text: String, _ schema: String, example: AnswerValue,
    headers: [AnswerField] = [], component: String? = nil
  ) -> ResponseDescription {
    ResponseDescription(
      status: status.code, text: text, headers: HeaderDescription.traced + headers,
      content: [media("application/json", SchemaDescription.reference(schema), example: example)],
      component: component)
  }

  /// An answer with a sentence that says what failed and what to do.
  static func error(
    _ status: HTTPStatus, _ text: String, _ sentence: String, run: Int64? = nil, headers: [AnswerField] = [],
    component: String? = nil
  ) -> ResponseDescription {
    let failure = RunFailure(.internal, sentence, runID: run.map { RunID($0) })
    return json(
      status, text, "Error", example: .object(failure.answer.fields), headers: headers, component: component)
  }

  /// What a media type holds.
  static func media(_ type: String, _ schema: AnswerValue, example: AnswerValue) -> AnswerField {
    AnswerField(type, ["schema": schema, "example": example])
  }

  /// As an operation with this method shows it: `HEAD` has no content.
  func value(for method: HTTPMethod) -> AnswerValue {
    if method == .head { return .object(head) }
    return component.map { ["$ref": "#/components/responses/\($0)"] } ?? whole
  }

  /// All of it.
  var whole: AnswerValue { .object(head + [AnswerField("content", .object(content))]) }

  private var head: [AnswerField] {
    [AnswerField("description", .text(text)), AnswerField("headers", .object(headers))]
  }
}
