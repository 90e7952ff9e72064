package import CallDomain
package import Curl

/// Why Twilio's log could not be read.
package struct TwilioError: Error, Hashable, Sendable {
  /// What failed, as far as it matters for what to do next.
  package enum Kind: Hashable, Sendable {
    /// 401 or code 20003: wrong or deleted credentials, another region's, a suspended account.
    case unauthorized
    /// 403 without that code: a restricted key, or the network in front of Twilio.
    case forbidden
    /// Code 20004: what was asked for is older than Twilio keeps.
    case retention
    /// Code 20001.
    case badParameter
    /// Code 21481: the list has to be begun anew.
    case badPageToken
    /// 404 or code 20404.
    case notFound
    /// 429 or code 20429; the request was not processed.
    case throttled
    /// 5xx.
    case server
    /// 3xx, which is never followed.
    case redirected
    /// Any other 4xx.
    case refused
    /// No complete answer came.
    case transport(CurlError.Kind)
    /// An answer came that is not Twilio's.
    case badAnswer(BadAnswer)
    /// A next page that does not lead to this account's calls on this host; it was not asked.
    case wrongOrigin
    /// A stored next page of another account; it was not asked.
    case otherAccount
  }

  /// How an answer differs from what Twilio documents.
  package enum BadAnswer: String, Error, Hashable, Sendable, CaseIterable {
    /// A success other than 200.
    case status
    /// Not labelled as JSON.
    case contentType
    /// Not JSON, cut off, or of another shape.
    case malformed
    /// JSON without a list of calls.
    case noCalls
    /// Another call than the one asked for.
    case otherCall
    /// A page that names itself as the next one.
    case nextPageIsSame
  }

  package var kind: Kind
  /// The answer's HTTP status, nil when none came.
  package var httpStatus: Int?
  /// The `code` of Twilio's error body, such as 20003.
  package var code: Int?
  /// The `Twilio-Request-Id` header, by which Twilio's support finds the request.
  package var requestID: String?
  /// Seconds that the answer's `Retry-After` asks to wait, as they came: whoever waits caps them.
  package var retryAfter: Int?
  /// What Twilio or libcurl said, for the log only.
  package var cause: String?

  package init(
    _ kind: Kind, httpStatus: Int? = nil, code: Int? = nil, requestID: String? = nil,
    retryAfter: Int? = nil, cause: String? = nil
  ) {
    self.kind = kind
    self.httpStatus = httpStatus
    self.code = code
    self.requestID = requestID
    self.retryAfter = retryAfter
    self.cause = cause
  }

  /// What to do next. Single refusals of right credentials have been seen, so they are worth one more request.
  package var fault: TwilioFault {
    switch kind {
    case .throttled: .throttled
    case .server: httpStatus == 504 ? .unanswered : .transient
    case .refused: httpStatus == 408 ? .transient : .refused
    case .unauthorized, .forbidden: .unauthorized
    case .retention: .retention
    case .badPageToken, .badParameter, .notFound: .refused
    case .transport(let failure):
      switch failure {
      case .timeout: .unanswered
      case .couldNotResolve, .couldNotConnect, .proxy, .tls, .connectionLost, .badAnswer: .transient
      case .untrustedCertificate, .tooLarge, .cancelled, .badURL, .badRequest, .other: .permanent
      }
    case .badAnswer(let answer):
      switch answer {
      case .status, .contentType, .malformed, .noCalls: .transient
      case .otherCall, .nextPageIsSame: .permanent
      }
    // As good as refused: the list has to be begun anew.
    case .wrongOrigin: .refused
    case .redirected, .otherAccount: .permanent
    }
  }
}

extension TwilioError {
  /// The failure that an answer tells when its status is not 200. The body may be JSON, HTML
  /// or nothing.
  ///
  /// - Parameter credentials: What was asked with; nothing of the answer that quotes it is shown.
  package init(answer: CurlResponse, to credentials: TwilioCredentials) {
    let body = ErrorBody(answer.body)
    self.init(Self.kind(status: answer.status, code: body.code), answer: answer, body, to: credentials)
    code = body.code
  }

  /// The failure to make sense of an answer whose status is right.
  init(_ kind: Kind, answer: CurlResponse, to credentials: TwilioCredentials) {
    self.init(kind, answer: answer, ErrorBody(answer.body), to: credentials)
  }

  private init(_ kind: Kind, answer: CurlResponse, _ body: ErrorBody, to credentials: TwilioCredentials) {
    self.init(kind, httpStatus: answer.status, requestID: Self.requestID(of: answer, to: credentials))
    cause = Self.cause(of: answer, body, requestID: requestID, hiding: credentials)
    retryAfter = answer.header("Retry-After").flatMap { RetryAfter.seconds($0, at: answer.serverTime) }
  }

  init(_ error: CurlError) {
    self.init(.transport(error.kind), cause: error.cause)
  }

  /// Twilio's status, request id, code and message; of a body that is none of Twilio's the beginning.
  private static func cause(
    of answer: CurlResponse, _ body: ErrorBody, requestID: String?, hiding credentials: TwilioCredentials
  ) -> String {
    // Cut after the secret is out, so that it is not cut in two and missed.
    let beginning = credentials.hidden(in: String(decoding: answer.body.prefix(64 << 10), as: UTF8.self))
      .prefix(200).debugDescription
    let words: [String?] = [
      "HTTP \(answer.status)", requestID.map { "Twilio-Request-Id \($0)" }, body.code.map { "code \($0)" },
      body.message, body.isJSON ? nil : answer.header("Content-Type").map { "Content-Type \($0)" },
      body.isJSON ? nil : beginning,
    ]
    return credentials.hidden(in: words.compactMap(\.self).joined(separator: "; "))
  }

  private static func kind(status: Int, code: Int?) -> Kind {
    switch (status, code) {
    case (500..., _): .server
    case (..<300, _): .badAnswer(.status)
    case (300..<400, _): .redirected
    case (429, _), (_, 20429): .throttled
    case (401, _), (_, 20003): .unauthorized
    case (_, 20004): .retention
    case (_, 20001): .badParameter
    case (_, 21481): .badPageToken
    case (404, _), (_, 20404): .notFound
    case (403, _): .forbidden
    default: .refused
    }
  }

  // It goes into log lines, answers and rows, so it may be nothing but Twilio's `RQ` and hexadecimal digits. An auth
  // token that was echoed there is of such digits, too.
  private static func requestID(of answer: CurlResponse, to credentials: TwilioCredentials) -> String? {
    guard let id = answer.header("Twilio-Request-Id"), id.wholeMatch(of: /RQ[0-9a-f]{1,62}/) != nil,
      credentials.hidden(in: id) == id
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

/// Twilio's error body: `{"code": 20003, "message": …, "more_info": …, "status": 401}`
/// (https://www.twilio.com/docs/usage/twilios-response).
struct ErrorBody {
  /// Nil when the body is none of this kind; HTML and an empty body are usual.
  private(set) var code: Int?
  private(set) var message: String?
  private(set) var isJSON = false

  init(_ body: [UInt8]) {
    guard body.count <= 64 << 10 else { return }
    try? read(body)
  }

  private mutating func read(_ body: [UInt8]) throws(JSONReader.Malformed) {
    var json = JSONReader(body)
    var fields: [String: JSONToken] = [:]
    guard try json.next() == UInt8(ascii: "{") else { return }
    try json.enter()
    while let key = try json.key() {
      let value = try json.value()
      if let name = json.text(of: key), fields[name] == nil { fields[name] = value }
    }
    try json.finish()
    isJSON = true
    if let token = fields["code"], token.kind == .number { code = json.text(of: token).flatMap { Int($0) } }
    if let token = fields["message"], token.kind == .plain || token.kind == .coded {
      message = json.text(of: token)
    }
  }
}

/// The `Retry-After` header (RFC 9110, section 10.2.3): seconds, or a date.
enum RetryAfter {
  /// - Parameter now: the answer's own `Date`, against which a date is held; this room has no
  ///   clock.
  /// - Returns: seconds, 0 for a date that has passed; nil for anything that is neither form, and
  ///   for a date without `now`.
  static func seconds(_ value: String, at now: Timestamp?) -> Int? {
    if !value.isEmpty, value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) {
      return Int(value)
    }
    guard let date = TwilioDate.parse(value), let now else { return nil }
    return Int(max(0, (date.milliseconds(since: now) + 999) / 1000))
  }
}
