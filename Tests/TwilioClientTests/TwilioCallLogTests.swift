import CallDomain
import Curl
import Foundation
import TestSupport
import Testing
import TwilioClient

@Suite("TwilioCallLog", .timeLimit(.minutes(1)))
struct TwilioCallLogTests {
  @Test("asks for the account's list, with credentials and the headers Twilio's own clients send")
  func listRequest() async throws {
    let server = try makeServer(
      fields: ["Content-Type: application/json;charset=utf-8", "Date: Sun, 01 Mar 2026 09:05:07 GMT"],
      body: #"{"calls":[{"sid":"\#(makeSID(1))"},{"sid":"x"}]}"#)
    let query = CallQuery(
      startedFrom: try makeTimestamp("2026-03-01T00:00:00Z"),
      startedBefore: try makeTimestamp("2026-03-01T10:15:00Z"))
    let page = try await makeLog(server.url + "/", pageSize: 500).list(query)
    #expect(page.calls.map(\.sid.text) == [makeSID(1)])
    #expect(page.unreadable == 1)
    #expect(page.serverTime == (try makeTimestamp("2026-03-01T09:05:07Z")))
    let request = try #require(server.requests.first)
    let basic = Data("\(sampleAccount):\(sampleToken)".utf8).base64EncodedString()
    #expect(
      request.hasPrefix(
        "GET \(listPath)?StartTime%3E=2026-03-01&StartTime%3C=2026-03-01T10%3A15%3A00Z&PageSize=500 HTTP/1.1\r\n"
      ))
    for line in [
      "Authorization: Basic \(basic)", "Accept: application/json", "Accept-Charset: utf-8",
      "User-Agent: twilio-sync/test",
    ] {
      #expect(request.contains("\r\n\(line)\r\n"))
    }
  }

  @Test("signs with the key and its secret while the path keeps the account")
  func apiKey() async throws {
    let server = try makeServer(body: #"{"calls":[]}"#)
    let key = "SK" + String(repeating: "b", count: 32)
    let log = TwilioCallLog(
      http: CurlClient(maxHandles: 1),
      credentials: try TwilioCredentials(accountSID: sampleAccount, apiKey: key, apiSecret: "s:t"),
      host: try TwilioHost(baseURL: server.url))
    #expect(try await log.list(CallQuery()) == CallPage(calls: []))
    let request = try #require(server.requests.first)
    #expect(request.hasPrefix("GET \(listPath)?PageSize=1000 "))
    #expect(request.contains("Basic " + Data("\(key):s:t".utf8).base64EncodedString() + "\r\n"))
  }

  @Test("follows Twilio's published pages with the next page's URI unchanged")
  func publishedPages() async throws {
    let server = try RawServer { request, connection in
      let json = request.contains("PageToken=") ? TwilioSamples.fullPage2 : TwilioSamples.fullPage1
      connection.write(fields: ["Content-Type: application/json"], body: Array(json.utf8))
    }
    let log = try makeLog(server.url)
    let next = try #require(try await log.list(CallQuery()).next)
    let second = try await log.next(next)
    #expect(second.calls.count == 2)
    #expect(server.requests.last?.hasPrefix("GET \(next) HTTP/1.1\r\n") == true)
    #expect(server.connections == 1)
  }

  @Test("takes an empty page that has a next one for what it is")
  func emptyPage() async throws {
    let server = try makeServer(body: #"{"calls":[],"next_page_uri":"\#(listPath)?PageToken=PA1"}"#)
    let page = try await makeLog(server.url).list(CallQuery())
    #expect(page == CallPage(calls: [], next: "\(listPath)?PageToken=PA1"))
  }

  @Test("takes a next page with the same origin written out, and the account in another case")
  func absoluteNextPage() async throws {
    let server = try makeServer(body: #"{"calls":[]}"#)
    let log = try makeLog(server.url)
    let path = listPath.replacing("aaa", with: "AAA") + "?a=<b>%3C"
    for uri in [
      path, server.url + path, server.url.uppercased().replacing("HTTP", with: "http") + path, listPath,
    ] {
      _ = try await log.next(uri)
    }
    #expect(server.requests.prefix(3).allSatisfy { $0.hasPrefix("GET \(path) HTTP/1.1\r\n") })
    #expect(server.requests.last?.hasPrefix("GET \(listPath) HTTP/1.1\r\n") == true)
  }

  @Test("refuses a next page anywhere else, without asking anyone")
  func foreignNextPage() async throws {
    let other = try makeServer(body: #"{"calls":[]}"#)
    let server = try makeServer(body: #"{"calls":[]}"#)
    let log = try makeLog(server.url)
    let otherAccount = listPath.replacing("aaaa", with: "bbbb")
    for uri in [
      other.url + listPath, "https://api.twilio.com" + listPath, "//127.0.0.1:\(other.port)" + listPath,
      "https://127.0.0.1:\(server.port)" + listPath, "http://localhost:\(server.port)" + listPath,
      "http://u:p@127.0.0.1:\(server.port)" + listPath, server.url + "@127.0.0.1:\(other.port)" + listPath,
      server.url + "\\@127.0.0.1:\(other.port)" + listPath, server.url, "", "?PageToken=1", "Calls.json",
      otherAccount, "/2010-04-01/Accounts/\(sampleAccount)/Messages.json",
      "/2010-04-01/Accounts/\(sampleAccount)/Calls.json/../Messages.json", listPath + "/x", listPath + ".x",
      listPath + "#x", listPath + "?a b", listPath + "?a\r\nX: y", listPath + "?é", "/" + listPath,
      "/2010-04-01/Accounts/\(sampleAccount)/calls.json", "/x" + listPath,
    ] {
      let failed = await failure { () async throws(RunFailure) in try await log.next(uri) }
      let isOtherAccount = uri == otherAccount
      #expect(
        failed?.message == RunFailure(TwilioError(isOtherAccount ? .otherAccount : .wrongOrigin)).message,
        "\(uri)")
      #expect(failed?.kind == .twilio(isOtherAccount ? .permanent : .refused), "\(uri)")
      #expect(failed?.cause?.hasPrefix("next page \"") == true)
    }
    #expect(server.connections == 0)
    #expect(other.connections == 0)
  }

  @Test("refuses a page that names itself as the next one")
  func circle() async throws {
    let server = try RawServer { request, connection in
      let path = request.split(separator: " ")[1]
      connection.write(
        fields: ["Content-Type: application/json"],
        body: Array(#"{"calls":[],"next_page_uri":"\#(path)"}"#.utf8))
    }
    let log = try makeLog(server.url)
    let failed = await failure { () async throws(RunFailure) in try await log.next(listPath + "?Page=1")
    }
    #expect(failed?.message == RunFailure(TwilioError(.badAnswer(.nextPageIsSame), httpStatus: 200)).message)
    #expect(failed?.kind == .twilio(.permanent))
  }

  @Test("asks for one call by its SID")
  func oneCall() async throws {
    let server = try makeServer(
      fields: ["Content-Type: application/json", "Date: Sun, 01 Mar 2026 09:05:07 GMT"],
      body: TwilioSamples.oneCall)
    let sid = try #require(CallSID("CA" + String(repeating: "a", count: 32)))
    let page = try await makeLog(server.url).call(sid)
    #expect(page.calls.map(\.sid) == [sid])
    #expect(page.calls.first?.duration == 4)
    #expect(page.serverTime?.iso8601 == "2026-03-01T09:05:07.000Z")
    let path = "/2010-04-01/Accounts/\(sampleAccount)/Calls/\(sid.text).json"
    #expect(server.requests.first?.hasPrefix("GET \(path) HTTP/1.1\r\n") == true)
  }

  @Test("answers an empty page for a call that Twilio says it does not have, and only Twilio")
  func missingCall() async throws {
    let sid = try #require(CallSID(makeSID(1)))
    let twilio = try makeServer(status: "404 Not Found", body: #"{"code":20404,"message":"x","status":404}"#)
    #expect(try await makeLog(twilio.url).call(sid).calls.isEmpty)
    let proxy = try makeServer(status: "404 Not Found", fields: ["Content-Type: text/html"], body: "<html>")
    let log = try makeLog(proxy.url)
    let failed = await failure { () async throws(RunFailure) in try await log.call(sid) }
    #expect(failed?.message == RunFailure(TwilioError(.notFound, httpStatus: 404)).message)
  }

  @Test("refuses another call than the one asked for, and one it cannot read")
  func otherCall() async throws {
    let sid = try #require(CallSID(makeSID(1)))
    for (body, reason) in [(TwilioSamples.oneCall, TwilioError.BadAnswer.otherCall), ("{}", .malformed)] {
      let log = try makeLog(try makeServer(body: body).url)
      let failed = await failure { () async throws(RunFailure) in try await log.call(sid) }
      #expect(failed?.message == RunFailure(TwilioError(.badAnswer(reason), httpStatus: 200)).message)
    }
  }

  @Test("ends a stalled request when its task is cancelled")
  func cancellation() async throws {
    let server = try RawServer { _, connection in connection.waitForClose() }
    let log = try makeLog(server.url)
    let task = Task { await failure { () async throws(RunFailure) in try await log.list(CallQuery()) } }
    _ = await server.arrivals.first { _ in true }
    task.cancel()
    #expect(await task.value == .interrupted)
  }
}
