import Foundation
import Testing
import TwilioSimulator

@Suite struct AuthenticationTests {
  let simulation: Simulation

  init() throws {
    simulation = try Simulation(makeConfiguration())
  }

  private func header(_ user: String, _ password: String) -> String {
    "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
  }

  @Test("The account's SID with its token and the key with its secret are let in")
  func accepted() throws {
    for header in [
      header(credentials.accountSID, credentials.authToken),
      header(credentials.apiKey, credentials.apiSecret),
    ] {
      #expect(try simulation.get(listPath, authorization: header).status == 200)
    }
  }

  @Test("Everything else gets 401 and 20003")
  func refused() throws {
    let pairs = [
      header(credentials.accountSID, credentials.apiSecret),
      header(credentials.apiKey, credentials.authToken),
      header(credentials.accountSID, credentials.authToken + " "), header("", ""),
      "Bearer \(credentials.authToken)", "Basic !!!", "",
    ]
    for authorization in pairs.map(Optional.some) + [nil] {
      let answer = try simulation.get(listPath, authorization: authorization)
      #expect(answer.status == 401)
      #expect(answer.code == 20003)
    }
  }

  @Test("Another account's path is not opened by these credentials")
  func otherAccount() throws {
    let path = "/2010-04-01/Accounts/AC99999999999999999999999999999999/Calls.json"
    #expect(try simulation.get(path).status == 401)
  }
}
