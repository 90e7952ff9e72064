/// Who may use a route.
package enum RouteAccess: Hashable, Sendable {
  /// Anybody.
  case open
  /// Whoever sends the secret as `Bearer`. For routes that start something: browsers resend
  /// `Basic` by themselves, so a foreign page could start a run in an operator's browser.
  case bearer
  /// Whoever sends the secret as `Bearer`, or as the password of `Basic`. For routes that only
  /// read.
  case bearerOrBasic

  /// The values of `WWW-Authenticate`, one a line (RFC 9110 section 11.6.1).
  var challenges: [String] {
    switch self {
    case .open: []
    case .bearer: [Self.bearerChallenge]
    case .bearerOrBasic: [Self.bearerChallenge, #"Basic realm="twilio-sync", charset="UTF-8""#]
    }
  }

  private static let bearerChallenge = #"Bearer realm="twilio-sync""#
}
