/// An answer before faults are applied to it.
struct APIAnswer: Sendable {
  var status: Int
  var body: [UInt8]
  var contentType = "application/json;charset=utf-8"
  var extraHeaders: [(String, String)] = []

  init(status: Int = 200, body: [UInt8]) {
    self.status = status
    self.body = body
  }

  init(_ problem: APIProblem) {
    self.init(status: problem.status, body: problem.json)
    if problem.status == 401 { extraHeaders = [("WWW-Authenticate", "Basic realm=\"Twilio API\"")] }
    if problem.status == 405 { extraHeaders = [("Allow", "GET")] }
  }
}
