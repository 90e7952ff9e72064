import CallDomain
package import Curl

extension TwilioError {
  /// The failure that an answer tells when its status is not 200. The body may be JSON, HTML
  /// or nothing.
  package init(answer: CurlResponse) {
    let body = ErrorBody(answer.body)
    self.init(Self.kind(status: answer.status, code: body.code), answer: answer)
    code = body.code
  }

  /// The failure to make sense of an answer whose status is right.
  init(_ kind: Kind, answer: CurlResponse) {
    self.init(kind, httpStatus: answer.status, requestID: Self.requestID(of: answer))
    cause = Self.cause(of: answer, requestID: requestID)
    retryAfter = answer.header("Retry-After").flatMap { RetryAfter.seconds($0, at: answer.serverTime) }
  }

  init(_ error: CurlError) {
    self.init(.transport(error.kind), cause: error.cause)
  }

  /// Twilio's status, request id, code and message; of a body that is none of Twilio's the beginning.
  private static func cause(of answer: CurlResponse, requestID: String?) -> String {
    let body = ErrorBody(answer.body)
    let words: [String?] = [
      "HTTP \(answer.status)", requestID.map { "Twilio-Request-Id \($0)" }, body.code.map { "code \($0)" },
      body.message, body.isJSON ? nil : answer.header("Content-Type").map { "Content-Type \($0)" },
      body.isJSON
        ? nil : String(decoding: answer.body.prefix(800), as: UTF8.self).prefix(200).debugDescription,
    ]
    return words.compactMap(\.self).joined(separator: "; ")
  }

  private static func kind(status: Int, code: Int?) -> Kind {
    switch (status, code) {
    case (500..., _): .server
    case (..<300, _): .badAnswer(.status)
    case (300..<400, _): .redirected
    case (429, _), (_, 20429): .rateLimited
    case (401, _), (_, 20003): .unauthorized
    case (_, 20004): .retention
    case (_, 20001): .badParameter
    case (_, 21481): .badPageToken
    case (404, _), (_, 20404): .notFound
    case (403, _): .forbidden
    default: .refused
    }
  }

  // It goes into log lines, so it may look like nothing but an identifier.
  private static func requestID(of answer: CurlResponse) -> String? {
    guard let id = answer.header("Twilio-Request-Id"), (1...64).contains(id.utf8.count),
      id.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
          true
        default: false
        }
      })
    else { return nil }
    return id
  }
}

extension CurlResponse {
  /// Twilio's clock when it answered.
  var serverTime: Timestamp? {
    header("Date").flatMap(TwilioDate.parse)
  }

  /// Whether the body is labelled as JSON, parameters such as `charset` aside.
  var isJSON: Bool {
    guard let type = header("Content-Type") else { return false }
    let essence = type.prefix { $0 != ";" }.lowercased().split(separator: " ").joined()
    return essence == "application/json" || essence.hasPrefix("application/") && essence.hasSuffix("+json")
  }
}
