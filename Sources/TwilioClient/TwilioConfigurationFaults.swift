/// One thing wrong with how Twilio's account or host is configured (contract section 2). Says
/// which rule is broken and never what was written: it could be a secret in the wrong place.
package enum TwilioConfigurationFault: Hashable, Sendable, CaseIterable {
  /// `TWILIO_ACCOUNT_SID` is not set.
  case noAccountSID
  /// `TWILIO_ACCOUNT_SID` is not `AC` and 32 hexadecimal digits.
  case malformedAccountSID
  /// Neither an API key with its secret nor an auth token is set.
  case noCredentials
  /// `TWILIO_API_KEY` without `TWILIO_API_SECRET`.
  case keyWithoutSecret
  /// `TWILIO_API_SECRET` without `TWILIO_API_KEY`.
  case secretWithoutKey
  /// `TWILIO_API_KEY` is not `SK` and 32 hexadecimal digits.
  case malformedKey
  /// `TWILIO_API_SECRET` holds a space, a control character or anything beyond ASCII.
  case malformedSecret
  /// `TWILIO_AUTH_TOKEN` holds a space, a control character or anything beyond ASCII.
  case malformedAuthToken
  /// `TWILIO_REGION` without `TWILIO_EDGE`.
  case regionWithoutEdge
  /// `TWILIO_EDGE` without `TWILIO_REGION`.
  case edgeWithoutRegion
  /// `TWILIO_REGION` is not lower-case letters and digits.
  case malformedRegion
  /// `TWILIO_EDGE` is not lower-case letters, digits and inner hyphens.
  case malformedEdge
  /// `TWILIO_API_BASE_URL` together with a region or an edge.
  case baseURLWithRegion
  /// `TWILIO_API_BASE_URL` is not `https://host` or `https://host:port`.
  case malformedBaseURL
  /// `TWILIO_API_BASE_URL` holds a user name or a password.
  case baseURLWithCredentials
  /// `TWILIO_API_BASE_URL` has a path, a query or a fragment.
  case baseURLWithPath
  /// `TWILIO_API_BASE_URL` is `http://` to a host that is not a loopback address.
  case plainHTTPBeyondLoopback
}

/// Everything wrong with one part of Twilio's configuration, so that an operator is told all
/// of it at once. Bootstrap words it.
package struct TwilioConfigurationFaults: Error, Hashable, Sendable {
  /// At least one, in the order of the variables.
  package let all: [TwilioConfigurationFault]
}
