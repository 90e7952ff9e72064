import CallDomain
import Foundation
import WebServer

/// Twilio's answer to one request, from the account as it is at one moment: its rules, without faults.
struct CallsAPI {
  let account: SimulatedAccount
  let credentials: AccountCredentials
  let options: SimulatorOptions
  let now: Timestamp

  func answer(_ request: HTTPRequest) -> APIAnswer {
    let target = request.target
    do throws(APIProblem) {
      guard credentials.accept(request.headers["Authorization"]) else { throw .unauthenticated }
      let sid = try callSID(path: target.path)
      guard request.method == .get else { throw .wrongMethod }
      guard let sid else {
        let query = try ListQuery(target.query)
        if let calls = options.largestPage, query.pageSize > calls { throw .internalError }
        if let calls = options.largestQuickPage, query.pageSize > calls { return .silence }
        return APIAnswer(body: try CallList(query, of: account, options, at: now).page())
      }
      guard target.query.isEmpty else { throw .invalid("One call is asked for without parameters") }
      guard let call = account.call(sid), call is LostCall || call.listed ?? call.created <= now else {
        throw .notFound(target.path)
      }
      return APIAnswer(body: call.bytes(at: now, account.json))
    } catch {
      return APIAnswer(error)
    }
  }

  /// The call that a path asks for; nil for the list.
  private func callSID(path: String) throws(APIProblem) -> String? {
    let names = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    guard names.count >= 4, names[0] == "2010-04-01", names[1] == "Accounts" else { throw .notFound(path) }
    guard names[2] == credentials.accountSID else { throw .unauthenticated }
    guard ["Calls.json", "Calls"].contains(names[3]), let last = names.last else { throw .notFound(path) }
    guard last.hasSuffix(".json") else {
      throw .invalid("The path has no .json at its end: Twilio would answer XML")
    }
    if names.count == 4 { return nil }
    let sid = String(last.dropLast(5))
    guard names.count == 5, names[3] == "Calls", CallSID(sid) != nil else { throw .notFound(path) }
    return sid
  }
}

/// What opens the simulated account. Every value is invented.
package struct AccountCredentials: Hashable, Sendable {
  /// Its password is the token.
  package var accountSID = "AC00000000000000000000000000000001"
  package var authToken = "simulated-auth-token-000000000000"
  /// Its password is the secret.
  package var apiKey = "SK00000000000000000000000000000001"
  package var apiSecret = "simulated-api-secret-000000000000"

  package init() {}

  /// Whether an `Authorization` header opens the account.
  func accept(_ header: String?) -> Bool {
    guard let header, header.lowercased().hasPrefix("basic "),
      let decoded = Data(base64Encoded: String(header.dropFirst(6))),
      let pair = String(validating: decoded, as: UTF8.self)
    else { return false }
    return pair == "\(accountSID):\(authToken)" || pair == "\(apiKey):\(apiSecret)"
  }
}
