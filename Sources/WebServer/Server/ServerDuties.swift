/// What the user of a server gave it: how to answer and whom to tell.
struct ServerDuties: Sendable {
  let configuration: HTTPServerConfiguration
  let onEvent: @Sendable (ServerEvent) -> Void
  let refusal: @Sendable (HTTPStatus) -> HTTPResponse
  let immediate: @Sendable (HTTPRequest) -> HTTPResponse?
  let handler: HTTPHandler
}
