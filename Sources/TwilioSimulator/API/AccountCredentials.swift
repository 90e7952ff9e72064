import Foundation

/// What opens the simulated account (facts 1.2). Every value is invented.
package struct AccountCredentials: Hashable, Sendable {
  /// `AC` and 32 hexadecimal digits.
  package var accountSID: String
  /// The password for the account's SID.
  package var authToken: String
  /// `SK` and 32 hexadecimal digits.
  package var apiKey: String
  /// The password for the API key.
  package var apiSecret: String

  /// The credentials of the simulator's documentation where none are given.
  package init(
    accountSID: String = "AC00000000000000000000000000000001",
    authToken: String = "simulated-auth-token-000000000000",
    apiKey: String = "SK00000000000000000000000000000001",
    apiSecret: String = "simulated-api-secret-000000000000"
  ) {
    self.accountSID = accountSID
    self.authToken = authToken
    self.apiKey = apiKey
    self.apiSecret = apiSecret
  }

  /// Whether an `Authorization` header opens the account.
  func accept(_ header: String?) -> Bool {
    guard let header, header.lowercased().hasPrefix("basic "),
      let decoded = Data(base64Encoded: String(header.dropFirst(6))),
      let pair = String(validating: decoded, as: UTF8.self),
      let colon = pair.firstIndex(of: ":")
    else { return false }
    let user = pair[..<colon]
    let password = pair[pair.index(after: colon)...]
    return user == accountSID && password == authToken || user == apiKey && password == apiSecret
  }
}
