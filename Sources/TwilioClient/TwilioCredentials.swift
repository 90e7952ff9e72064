import Foundation

/// Whose call log is read, and the user name and password that open it.
package struct TwilioCredentials: Sendable {
  /// The account in every path; not a secret.
  package let accountSID: String
  let user: String
  let password: String

  /// The account's SID with either an API key and its secret or the account's auth token; the
  /// key wins when both are given. Empty texts count as absent.
  ///
  /// - Throws: every fault at once.
  package init(
    accountSID: String?, apiKey: String? = nil, apiSecret: String? = nil, authToken: String? = nil
  ) throws(TwilioConfigurationFaults) {
    let sid = Self.present(accountSID)
    var faults = Self.faults(ofAccountSID: sid)
    let key = Self.present(apiKey)
    let secret = Self.present(apiSecret)
    let token = Self.present(authToken)
    faults += Self.faults(ofKey: key, secret: secret)
    if key == nil, secret == nil {
      faults += Self.faults(ofToken: token)
    }
    guard faults.isEmpty, let sid, let password = secret ?? token else {
      throw TwilioConfigurationFaults(all: faults)
    }
    self.accountSID = sid
    self.user = key ?? sid
    self.password = password
  }

  private static func present(_ text: String?) -> String? {
    text?.isEmpty == true ? nil : text
  }

  private static func faults(ofAccountSID sid: String?) -> [TwilioConfigurationFault] {
    guard let sid else { return [.noAccountSID] }
    return isSID(sid, prefix: "AC") ? [] : [.malformedAccountSID]
  }

  private static func faults(ofKey key: String?, secret: String?) -> [TwilioConfigurationFault] {
    var faults: [TwilioConfigurationFault] = []
    if key != nil, secret == nil { faults.append(.keyWithoutSecret) }
    if key == nil, secret != nil { faults.append(.secretWithoutKey) }
    if let key, !isSID(key, prefix: "SK") { faults.append(.malformedKey) }
    if let secret, !isPlain(secret) { faults.append(.malformedSecret) }
    return faults
  }

  private static func faults(ofToken token: String?) -> [TwilioConfigurationFault] {
    guard let token else { return [.noCredentials] }
    return isPlain(token) ? [] : [.malformedAuthToken]
  }

  private static func isSID(_ text: String, prefix: String) -> Bool {
    text.utf8.count == 34 && text.hasPrefix(prefix)
      && text.utf8.dropFirst(2).allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
          UInt8(ascii: "A")...UInt8(ascii: "F"):
          true
        default: false
        }
      }
  }

  // A blank or a line end that came along when the secret was pasted is answered with 20003,
  // which does not tell why (Twilio.md, "Errors"); and so are quotes that were meant for a shell.
  private static func isPlain(_ text: String) -> Bool {
    let isQuoted = text.count > 1 && text.first == text.last && (text.first == "\"" || text.first == "'")
    return !isQuoted && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
  }
}

extension TwilioCredentials {
  /// `text` without the password, as it is and as the `Authorization` header carries it (RFC 7617), should an
  /// answer have quoted the request.
  func hidden(in text: String) -> String {
    text.replacing(password, with: "•••")
      .replacing(Data("\(user):\(password)".utf8).base64EncodedString(), with: "•••")
  }
}

extension TwilioCredentials: CustomStringConvertible, CustomReflectable {
  /// Shows nothing of what it holds.
  package var description: String { "TwilioCredentials" }

  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// One thing wrong with how Twilio's account or host is configured (Reference.md, "Settings"). Says
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
