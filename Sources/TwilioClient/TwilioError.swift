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
    case rateLimited
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

  /// The same error without the password, should an answer have quoted it.
  func hiding(_ password: String) -> TwilioError {
    var error = self
    error.cause = cause?.replacing(password, with: "•••")
    return error
  }

  /// What to do next. Single refusals of right credentials have been seen, so they are worth one more request.
  package var fault: TwilioFault {
    switch kind {
    case .rateLimited: .throttled
    case .server: .transient
    case .refused: httpStatus == 408 ? .transient : .permanent
    case .unauthorized, .forbidden: .unauthorized
    case .retention: .retention
    case .badPageToken: .badPageToken
    case .transport(let failure):
      switch failure {
      case .couldNotResolve, .couldNotConnect, .tls, .timeout, .connectionLost, .badAnswer: .transient
      case .untrustedCertificate, .tooLarge, .cancelled, .badURL, .badRequest, .other: .permanent
      }
    case .badAnswer(let answer):
      switch answer {
      case .status, .contentType, .malformed, .noCalls: .transient
      case .otherCall, .nextPageIsSame: .permanent
      }
    case .badParameter, .notFound, .redirected, .wrongOrigin: .permanent
    }
  }
}
