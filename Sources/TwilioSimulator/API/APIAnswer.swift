import WebServer

/// An answer of the API, and how it is delivered.
struct APIAnswer: Sendable {
  /// Makes of the body what is sent; nil resets the connection. What waits for the gate waits until the
  /// simulator stops.
  typealias Delivery = @Sendable (_ body: [UInt8], _ stop: Gate) async -> HTTPBody?

  /// 0 where nothing is answered.
  var status: Int
  var body: [UInt8]
  var contentType: String
  /// In the place of the usual ones of their names, or beside them.
  var headers: [(String, String)]
  /// Seconds that the `Date` header is off; nil for an empty one.
  var dateSkew: Int? = 0
  var delivery: Delivery

  init(
    status: Int = 200, body: [UInt8] = [], contentType: String = "application/json;charset=utf-8",
    headers: [(String, String)] = [], delivery: @escaping Delivery = { body, _ in .bytes(body) }
  ) {
    (self.status, self.body, self.contentType) = (status, body, contentType)
    (self.headers, self.delivery) = (headers, delivery)
  }

  /// None until the simulator stops.
  static let silence = APIAnswer(
    status: 0,
    delivery: { _, stop in
      await stop.wait()
      return nil
    })

  init(_ problem: APIProblem, headers: [(String, String)] = []) {
    let usual = [401: ("WWW-Authenticate", "Basic realm=\"Twilio API\""), 405: ("Allow", "GET")]
    self.init(
      status: problem.status, body: problem.json, headers: headers + [usual[problem.status]].compactMap { $0 }
    )
  }
}

/// An error answer of Twilio: `{"code":20003,"message":"Authenticate","more_info":"…","status":401}`.
struct APIProblem: Error {
  /// The HTTP status.
  let status: Int
  /// Twilio's own number, nil where it gives none.
  let code: Int?
  let message: String

  var json: [UInt8] {
    var fields: [String: JSONValue] = ["message": .string(message), "status": .integer(status)]
    if let code {
      fields["code"] = .integer(code)
      fields["more_info"] = .string("https://www.twilio.com/docs/errors/\(code)")
    }
    return JSONValue.object(fields).bytes
  }

  static let unauthenticated = APIProblem(status: 401, code: 20003, message: "Authenticate")
  static let tooManyRequests = APIProblem(status: 429, code: 20429, message: "Too Many Requests")
  static let internalError = APIProblem(
    status: 500, code: 20500, message: "An internal server error has occurred")
  static let unavailable = APIProblem(status: 503, code: 20503, message: "Service is temporarily unavailable")
  static let badPageToken = APIProblem(status: 400, code: 21481, message: "Invalid Page Token")
  static let outsideRetention = APIProblem(
    status: 400, code: 20004, message: "The requested StartTime is outside the retention window")
  static let wrongMethod = APIProblem(
    status: 405, code: nil, message: "The simulator knows GET only; HEAD, POST and DELETE are not imitated")

  static func notFound(_ path: String) -> APIProblem {
    APIProblem(status: 404, code: 20404, message: "The requested resource \(path) was not found")
  }

  static func invalid(_ sentence: String) -> APIProblem {
    APIProblem(status: 400, code: 20001, message: sentence)
  }
}
