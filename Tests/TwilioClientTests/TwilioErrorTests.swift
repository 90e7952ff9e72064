import CallDomain
import Curl
import Foundation
import TestSupport
import Testing
import TwilioClient

@Suite("TwilioError", .timeLimit(.minutes(1)))
struct TwilioErrorTests {
  struct Refusal: Sendable {
    var status: String
    var body: String
    var kind: TwilioError.Kind
    var code: Int?
    var fault = TwilioFault.permanent
  }

  private static func json(_ code: Int) -> String {
    #"{"code": \#(code), "message": "+34911679868 is wrong", "status": 400, "more_info": "https://x"}"#
  }

  @Test(
    "classifies what Twilio refuses, whatever the body",
    arguments: [
      Refusal(
        status: "401 Unauthorized", body: json(20003), kind: .unauthorized, code: 20003, fault: .unauthorized
      ),
      Refusal(status: "401 Unauthorized", body: "<html>", kind: .unauthorized, fault: .unauthorized),
      Refusal(
        status: "403 Forbidden", body: json(20003), kind: .unauthorized, code: 20003, fault: .unauthorized),
      Refusal(status: "403 Forbidden", body: "<html>", kind: .forbidden, fault: .unauthorized),
      Refusal(
        status: "400 Bad Request", body: json(20001), kind: .badParameter, code: 20001, fault: .refused),
      Refusal(status: "400 Bad Request", body: json(20004), kind: .retention, code: 20004, fault: .retention),
      Refusal(
        status: "400 Bad Request", body: json(21481), kind: .badPageToken, code: 21481, fault: .refused),
      Refusal(status: "404 Not Found", body: json(20404), kind: .notFound, code: 20404, fault: .refused),
      Refusal(status: "404 Not Found", body: "", kind: .notFound, fault: .refused),
      Refusal(
        status: "429 Too Many Requests", body: json(20429), kind: .throttled, code: 20429, fault: .throttled
      ),
      Refusal(status: "429 Too Many Requests", body: "", kind: .throttled, fault: .throttled),
      Refusal(
        status: "500 Internal Server Error", body: json(20500), kind: .server, code: 20500, fault: .transient),
      Refusal(status: "502 Bad Gateway", body: "<html>", kind: .server, fault: .transient),
      Refusal(
        status: "503 Service Unavailable", body: json(20503), kind: .server, code: 20503, fault: .transient),
      Refusal(status: "504 Gateway Timeout", body: "", kind: .server, fault: .unanswered),
      Refusal(status: "500 Internal Server Error", body: "{\"code\":", kind: .server, fault: .transient),
      // Foundation's decoder traps here.
      Refusal(
        status: "500 Internal Server Error", body: String(repeating: "[", count: 513), kind: .server,
        fault: .transient),
      Refusal(status: "400 Bad Request", body: #"{"code":"20001"}"#, kind: .refused, fault: .refused),
      Refusal(status: "410 Gone", body: "", kind: .refused, fault: .refused),
      Refusal(status: "400 Bad Request", body: json(70002), kind: .refused, code: 70002, fault: .refused),
      Refusal(status: "408 Request Timeout", body: "", kind: .refused, fault: .transient),
      Refusal(status: "302 Found", body: "", kind: .redirected),
      Refusal(status: "204 No Content", body: "", kind: .badAnswer(.status), fault: .transient),
      Refusal(
        status: "206 Partial Content", body: #"{"calls":[]}"#, kind: .badAnswer(.status), fault: .transient),
    ])
  func refusal(refusal: Refusal) async throws {
    let server = try makeServer(
      status: refusal.status,
      fields: [
        "Content-Type: application/json", "Location: http://127.0.0.1:1/x",
        "Twilio-Request-Id: RQ0123456789abcdef",
      ], body: refusal.status.hasPrefix("204") ? "" : refusal.body)
    let log = try makeLog(server.url)
    let failed = try #require(
      await failure { () async throws(RunFailure) in try await log.list(CallQuery()) })
    let status = try #require(Int(refusal.status.prefix(3)))
    expect(
      failed,
      TwilioError(refusal.kind, httpStatus: status, code: refusal.code, requestID: "RQ0123456789abcdef"))
    #expect(failed.kind == .twilio(refusal.fault))
    #expect(failed.twilioRequestID == "RQ0123456789abcdef")
    #expect(failed.message.contains("petición RQ0123456789abcdef"))
    #expect(!failed.message.contains("+34911679868"))
    #expect(failed.cause?.hasPrefix("HTTP \(status); Twilio-Request-Id RQ0123456789abcdef") == true)
    if refusal.code != nil { #expect(failed.cause?.contains("+34911679868 is wrong") == true) }
    if refusal.body == "<html>" { #expect(failed.cause?.contains("<html>") == true) }
    #expect(server.requests.count == 1)
  }

  @Test(
    "takes an answer of status 200 for a page only when it is labelled as JSON and is a page",
    arguments: [
      (["Content-Type: text/html"], "<html>", .contentType),
      (["Content-Type: text/html"], #"{"calls":[]}"#, .contentType),
      (["Content-Type: application/jsonx"], #"{"calls":[]}"#, .contentType),
      ([], #"{"calls":[]}"#, .contentType),
      (["Content-Type: application/json"], "", .malformed),
      (["Content-Type: application/json"], "<html>", .malformed),
      (["Content-Type: application/json"], #"{"calls":[{"sid""#, .malformed),
      (["Content-Type: application/json"], "{}", .noCalls),
      (["Content-Type: APPLICATION/JSON ; charset=utf-8"], #"{"calls":[]}"#, nil),
      (["Content-Type: application/problem+json"], #"{"calls":[]}"#, nil),
    ] as [([String], String, TwilioError.BadAnswer?)])
  func badAnswer(fields: [String], body: String, reason: TwilioError.BadAnswer?) async throws {
    let server = try makeServer(fields: fields + ["Twilio-Request-Id: RQ1"], body: body)
    let log = try makeLog(server.url)
    let failed = await failure { () async throws(RunFailure) in try await log.list(CallQuery()) }
    expect(failed, reason.map { TwilioError(.badAnswer($0), httpStatus: 200, requestID: "RQ1") })
    #expect(failed?.kind == (reason == nil ? nil : .twilio(.transient)))
  }

  @Test(
    "tells the faults of the connection, and that they pass",
    arguments: [
      ("", .connectionLost), ("SMTP ready\r\n", .badAnswer),
      (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"calls\":[]}",
        .connectionLost
      ),
      (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"calls\":[]}\r\n",
        .connectionLost
      ),
    ] as [(String, CurlError.Kind)])
  func connectionFaults(bytes: String, kind: CurlError.Kind) async throws {
    let server = try RawServer { _, connection in
      connection.write(bytes)
      connection.close()
    }
    let log = try makeLog(server.url)
    let failed = await failure { () async throws(RunFailure) in try await log.list(CallQuery()) }
    expect(failed, TwilioError(.transport(kind)))
    #expect(failed?.kind == .twilio(.transient))
    #expect(failed?.cause?.contains("(libcurl ") == true)
  }

  @Test("tells a reset, a stall and that nobody listens, and that they pass")
  func noAnswer() async throws {
    let resetting = try RawServer { _, connection in connection.reset() }
    let silent = try RawServer { _, connection in connection.waitForClose() }
    let nobody = "http://127.0.0.1:\(try RawServer.makeFreePort())"
    for (url, total, kind) in [
      (resetting.url, Duration.seconds(120), CurlError.Kind.connectionLost),
      (silent.url, .milliseconds(200), .timeout), (nobody, .seconds(120), .couldNotConnect),
    ] {
      let log = try makeLog(url, total: total)
      let failed = await failure { () async throws(RunFailure) in try await log.list(CallQuery()) }
      expect(failed, TwilioError(.transport(kind)))
      #expect(failed?.kind == .twilio(kind == .timeout ? .unanswered : .transient))
    }
  }

  @Test(
    "reads Retry-After in seconds, or as a date against the answer's own",
    arguments: [
      (["Retry-After: 0"], 0), (["Retry-After: 7"], 7), (["Retry-After: 86400"], 86_400), ([], nil),
      (["Retry-After: "], nil), (["Retry-After: -1"], nil), (["Retry-After: 1.5"], nil),
      (["Retry-After: 9223372036854776"], 9_223_372_036_854_776),
      (["Retry-After: 9223372036854775807"], .max), (["Retry-After: 9223372036854775808"], nil),
      (
        ["Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", "Date: Mon, 01 Jan 0001 00:00:00 GMT"], 315_537_897_599
      ),
      (["Retry-After: Mon, 01 Jan 0001 00:00:00 GMT", "Date: Fri, 31 Dec 9999 23:59:59 GMT"], 0),
      (["Retry-After: soon"], nil), (["Retry-After: 99999999999999999999"], nil),
      (["Retry-After: Sun, 01 Mar 2026 09:05:37 GMT", "Date: Sun, 01 Mar 2026 09:05:07 GMT"], 30),
      (["Retry-After: Sun, 01 Mar 2026 09:05:00 GMT", "Date: Sun, 01 Mar 2026 09:05:07 GMT"], 0),
      (["Retry-After: Sun, 01 Mar 2026 09:05:37 GMT"], nil),
    ] as [([String], Int?)])
  func retryAfter(fields: [String], seconds: Int?) async throws {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
      let log = try makeLog(try makeServer(status: status, fields: fields, body: "").url)
      let failed = await failure { () async throws(RunFailure) in try await log.list(CallQuery()) }
      #expect(failed?.retryAfter == seconds)
    }
  }

  @Test(
    "keeps only a request id that looks like one",
    arguments: [
      "", "RQ 1", "RQ<b>", "RQ" + String(repeating: "0", count: 63), "RQ", "0123456789abcdef0123456789abcdef",
      sampleToken, "RQ-\(sampleToken)",
    ])
  func requestID(id: String) async throws {
    let log = try makeLog(
      try makeServer(status: "500 X", fields: ["Twilio-Request-Id: \(id)"], body: "").url)
    let failed = try #require(
      await failure { () async throws(RunFailure) in try await log.list(CallQuery()) })
    #expect(failed.twilioRequestID == nil)
  }

  @Test("takes an id of hexadecimal digits that quotes the password, or another secret, for none")
  func secretAsRequestID() async throws {
    let token = "0123456789abcdef0123456789abcdef"
    let secret = "00ff00ff"
    let credentials = try TwilioCredentials(accountSID: sampleAccount, authToken: token)
    let sid = try #require(CallSID(makeSID(1)))
    for (id, isShown) in [
      ("RQ\(token)", false), ("RQ00\(token)ff", false), ("RQ\(secret)", false), ("RQ12\(secret)3", false),
      ("RQ0123456789abcde", true), ("RQ\(String(token.reversed()))", true),
    ] {
      let server = try makeServer(
        status: "500 X", fields: ["Content-Type: application/json", "Twilio-Request-Id: \(id)"], body: "{}")
      let log = TwilioCallLog(
        http: CurlClient(maxHandles: 1), credentials: credentials, host: try TwilioHost(baseURL: server.url),
        hiding: { $0.replacing(secret, with: "•••") })
      let failures = [
        await failure { () async throws(RunFailure) in try await log.list(CallQuery()) },
        await failure { () async throws(RunFailure) in try await log.next(listPath) },
        await failure { () async throws(RunFailure) in try await log.call(sid) },
      ]
      for failed in failures {
        #expect(failed?.twilioRequestID == (isShown ? id : nil))
        #expect(failed?.message.contains(id) == isShown)
      }
    }
  }

  @Test(
    "calls transient what a little time may mend, a timeout unanswered, and nothing else",
    arguments: CurlError.Kind.allCases)
  func transientTransport(kind: CurlError.Kind) {
    let passing: Set<CurlError.Kind> = [
      .couldNotResolve, .couldNotConnect, .proxy, .tls, .connectionLost, .badAnswer,
    ]
    let fault: TwilioFault =
      kind == .timeout ? .unanswered : passing.contains(kind) ? .transient : .permanent
    #expect(TwilioError(.transport(kind)).fault == fault)
  }

  @Test("says in Spanish what failed and what to do")
  func sentences() {
    let kinds: [TwilioError.Kind] =
      [
        .unauthorized, .forbidden, .retention, .badParameter, .badPageToken, .notFound, .throttled, .server,
        .redirected, .refused, .wrongOrigin, .otherAccount,
      ] + CurlError.Kind.allCases.filter { $0 != .cancelled }.map { .transport($0) }
      + TwilioError.BadAnswer.allCases.map { .badAnswer($0) }
    for kind in kinds {
      let failure = RunFailure(TwilioError(kind, cause: "curl's words"))
      #expect(failure.whatFailed.hasSuffix(".") && failure.whatToDo?.hasSuffix(".") == true, "\(failure)")
      #expect(failure.cause == "curl's words" && !failure.message.contains("curl's words"))
    }
    #expect(
      RunFailure(TwilioError(.unauthorized, httpStatus: 401, code: 20003, requestID: "RQ1")).message
        == "Twilio no acepta las credenciales (HTTP 401, código 20003, petición RQ1). "
        + "Revise TWILIO_ACCOUNT_SID, la clave de API o el token, y que sean de la misma región.")
  }

  @Test("never shows the credentials")
  func noSecrets() async throws {
    let basic = Data("\(sampleAccount):\(sampleToken)".utf8).base64EncodedString()
    let servers = [
      try makeServer(
        status: "400 Bad Request", body: #"{"code":1,"message":"Authorization: Basic \#(basic)"}"#),
      // At the end of what is shown of a body.
      try makeServer(status: "500 X", body: String(repeating: "x", count: 190) + basic + sampleToken),
      try makeServer(status: "500 X", body: String(repeating: "x", count: 190) + sampleToken),
      try makeServer(status: "401 Unauthorized", body: #"{"code":20003,"message":"\#(sampleToken)"}"#),
      try makeServer(
        status: "500 \(sampleToken)", fields: ["Twilio-Request-Id: a b \(sampleToken)"], body: sampleToken),
      try makeServer(body: sampleToken),
      try RawServer { _, connection in connection.close() },
      try RawServer { _, connection in
        connection.write("\(sampleToken)\r\n")
        connection.close()
      },
    ]
    for server in servers {
      let log = try makeLog(server.url)
      let failed = try #require(
        await failure { () async throws(RunFailure) in try await log.list(CallQuery()) })
      var shown = "\(failed) \(String(reflecting: failed)) \(log) \(String(reflecting: log))"
      dump(failed, to: &shown)
      dump(log, to: &shown)
      #expect(!shown.contains(sampleToken.prefix(6)) && !shown.contains(basic.prefix(6)), "\(shown)")
    }
  }

  /// Holds a failure against what it comes from, its cause aside.
  private func expect(
    _ failure: RunFailure?, _ error: TwilioError?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let expected = error.map { RunFailure($0) }
    #expect(failure?.kind == expected?.kind, sourceLocation: sourceLocation)
    #expect(failure?.message == expected?.message, sourceLocation: sourceLocation)
  }
}
