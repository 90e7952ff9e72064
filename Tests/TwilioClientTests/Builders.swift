import CallDomain
import Curl
import Foundation
import TestSupport
import Testing
import TwilioClient

/// The account of Twilio's published samples.
let sampleAccount = "AC" + String(repeating: "a", count: 32)
let sampleToken = "token-9d2f51c07b"
let listPath = "/2010-04-01/Accounts/\(sampleAccount)/Calls.json"

func makeSID(_ number: Int) -> String {
  let digits = String(number)
  return "CA" + String(repeating: "0", count: 32 - digits.count) + digits
}

func makeTimestamp(_ iso8601: String) throws -> Timestamp {
  try #require(Timestamp(iso8601: iso8601))
}

/// A log that asks a loopback server.
func makeLog(
  _ url: String, pageSize: Int = 1000, total: Duration = .seconds(120),
  client: CurlClient = CurlClient(maxHandles: 1)
) throws -> TwilioCallLog {
  TwilioCallLog(
    http: client, credentials: try TwilioCredentials(accountSID: sampleAccount, authToken: sampleToken),
    host: try TwilioHost(baseURL: url), pageSize: pageSize,
    timeouts: CurlTimeouts(connect: .seconds(60), total: total, stall: .seconds(60)),
    userAgent: "twilio-sync/test")
}

/// A server that gives the same JSON answer to everything.
func makeServer(
  status: String = "200 OK", fields: [String] = ["Content-Type: application/json"], body: String
) throws -> RawServer {
  try RawServer { _, connection in
    connection.write(status: status, fields: fields, body: Array(body.utf8))
  }
}

func failure(_ ask: () async throws(RunFailure) -> some Any) async -> RunFailure? {
  do {
    _ = try await ask()
    return nil
  } catch {
    return error
  }
}

/// A page of one record, given as the inside of a JSON object.
func decodeRecord(_ fields: String, sid: String = makeSID(1)) throws -> Call {
  let page = try CallPageDecoding.page(Array(#"{"calls":[{"sid":"\#(sid)",\#(fields)}]}"#.utf8))
  return try #require(page.calls.first)
}
