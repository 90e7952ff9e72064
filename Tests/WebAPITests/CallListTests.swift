import CallDomain
import TestSupport
import Testing
import WebAPI
import WebServer

@Suite("Stored calls as CSV", .timeLimit(.minutes(2)))
struct CallListTests {
  private static let header =
    "sid,case,workspace,workspaceName,from,to,phoneNumber,leadNumber,status,direction,callDate,endedAt,duration,cost,"
    + "priceUnit,unmatched,updatedAt\r\n"

  private func csv(_ calls: [ListedCall], each count: Int = 100, _ target: String = "/api/calls.csv")
    async throws
    -> (answer: Answer, searches: [CallSearch])
  {
    let service = RecordedService(calls: parts(of: calls, each: count))
    var answer: Answer?
    try await LiveClient.serving(service.makeRoutes()) { answer = try await $0.ask("GET", target) }
    return (try #require(answer), service.searches)
  }

  @Test("A header, a line a call with every value, and a name to store it under")
  func lines() async throws {
    let (answer, searches) = try await csv([makeListedCall(), ListedCall(sid: makeSID(3))])
    #expect(answer.status == 200)
    #expect(answer.headers["Content-Type"] == "text/csv; header=present; charset=utf-8")
    #expect(answer.headers["Content-Disposition"] == #"attachment; filename="calls.csv""#)
    #expect(
      answer.body == Self.header
        + "CA00000000000000000000000000000064,3,4,Acme,+34600000022,sip:+34910000009@public-vip.ie1.twilio.com,"
        + "+34910000001,+34600000022,completed,trunking-originating,2026-03-01T09:08:59.000Z,"
        + "2026-03-01T09:10:00.000Z,61,0.05600,USD,false,2025-10-05T20:00:00.000Z\r\n"
        + "CA00000000000000000000000000000003,,,,,,,,,,,,,,,false,\r\n")
    #expect(searches.count == 1)
  }

  @Test("Without calls there is a header")
  func empty() async throws {
    #expect(try await csv([]).answer.body == Self.header)
  }

  /// A text, and how a field holds it.
  private static let fields: [(String, String)] = [
    ("=1+1", "'=1+1"), ("@x", "'@x"), ("-5", "'-5"), ("\tx", "'\tx"), ("\rx", "\"'\rx\""),
    ("+34600000022", "+34600000022"), ("+1+cmd|'/C calc'!A0", "'+1+cmd|'/C calc'!A0"), ("a,b", "\"a,b\""),
    ("a\"b", "\"a\"\"b\""), ("\"", "\"\"\"\""),
    ("a\r\nb", "\"a\r\nb\""), ("a\nb", "\"a\nb\""), ("=\"x\",1", "\"'=\"\"x\"\",1\""),
    // To Swift one letter, to a reader of CSV a quotation mark.
    ("a\"\u{301},b", "\"a\"\"\u{301},b\""), ("=\u{301}1", "'=\u{301}1"), ("\r\n=1", "\"'\r\n=1\""),
    ("a=1", "a=1"), (" =1", " =1"), ("", ""), ("ñ 李 👩‍👧", "ñ 李 👩‍👧"),
  ]

  @Test("A field holds what could end it within quotation marks, and nothing that a spreadsheet computes")
  func escaping() async throws {
    for (text, field) in Self.fields {
      var call = ListedCall(sid: makeSID(1))
      call.workspaceName = text
      call.from = text
      let body = try await csv([call]).answer.body
      #expect(
        Array(body.utf8)
          == Array((Self.header + "\(call.sid.text),,,\(field),\(field),,,,,,,,,,,false,\r\n").utf8),
        "\(text.debugDescription)")
    }
  }

  @Test("Part after part until the last one, each from where the one before ended, whatever the filter")
  func allParts() async throws {
    let calls = (1...25).map { ListedCall(sid: makeSID($0)) }
    let (answer, searches) = try await csv(calls, each: 10, "/api/calls.csv?workspace=4&limit=3")
    #expect(
      answer.body.split(separator: "\r\n").dropFirst().map { String($0.prefix(34)) } == calls.map(\.sid.text))
    #expect(searches.map { $0.after?.sid } == [nil, makeSID(10), makeSID(20)])
    #expect(searches.allSatisfy { $0.workspace == WorkspaceID(4) && $0.limit == 2000 })
  }

  @Test("The period that the first part came to holds for all of them")
  func period() async throws {
    let since = makeTime("2026-02-01T00:00:00Z")
    let list = parts(of: (1...3).map { ListedCall(sid: makeSID($0)) }, each: 2)
    let service = RecordedService(calls: { search in
      var search = search
      search.since = search.since ?? since
      return list(search)
    })
    try await withClient(of: service, .live) { client async throws in
      #expect(try await client.ask("GET", "/api/calls.csv").status == 200)
    }
    #expect(service.searches.map(\.since) == [nil, since])
  }

  // MARK: What goes wrong

  @Test("A list that fails midway ends without its last chunk, and the log is told")
  func failsMidway() async throws {
    let failure = RunFailure(.database(.unreachable), "Fuera.")
    let list = parts(of: (1...4).map { ListedCall(sid: makeSID($0)) }, each: 2)
    let service = RecordedService(calls: { search throws(RunFailure) in
      if search.after != nil { throw failure }
      return list(search)
    })
    try await LiveClient.serving(service.makeRoutes()) { client in
      let socket = try await client.send(question(service))
      defer { socket.close() }
      let received = await socket.readToEnd()
      #expect(received.text.hasPrefix("HTTP/1.1 200 OK\r\n") && received.ending != .deadline)
      #expect(!received.text.hasSuffix("0\r\n\r\n"))
    }
    #expect(
      service.events.contains(.requestFailed(requestID: "abc", route: "/api/calls.csv", failure)))
  }

  @Test("Two are sent at once; the third is 429, and a place comes back when a client hangs up")
  func places() async throws {
    let gates = [1: Gate<Void>(), 2: Gate<Void>()]
    let list = parts(of: (1...4).map { ListedCall(sid: makeSID($0)) }, each: 2)
    let service = RecordedService(calls: { search in
      if search.after != nil, let number = search.workspace?.number { await gates[Int(number)]?.wait() }
      return list(search)
    })
    try await LiveClient.serving(service.makeRoutes()) { client in
      let first = try await client.send(question(service, "?workspace=1"))
      let second = try await client.send(question(service, "?workspace=2"))
      defer { second.close() }
      for gate in gates.values { await gate.untilWaiting() }
      let third = try await client.ask("GET", "/api/calls.csv")
      #expect(third.status == 429 && third.headers["Retry-After"] == "10")
      #expect(third.error?.contains("Ya se están enviando otros listados.") == true)
      #expect(try await client.ask("GET", "/api/calls").status == 200)
      first.reset()
      gates[1]?.open(())
      var status = 429
      while status == 429 { status = try await client.ask("GET", "/api/calls.csv").status }
      #expect(status == 200)
      // The other one goes on to its end.
      gates[2]?.open(())
      let whole = await second.read { bytes in
        String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n") ? bytes.count : nil
      }
      #expect(whole.ending == .satisfied && whole.text.contains(makeSID(4).text))
    }
  }

  @Test("A list that cannot begin takes no place")
  func failsAtOnce() async throws {
    let service = RecordedService(calls: { _ throws(RunFailure) in
      throw RunFailure(.database(.unreachable), "Fuera.")
    })
    try await withClient(of: service, .inMemory) { client async throws in
      for _ in 0..<5 { #expect(try await client.ask("GET", "/api/calls.csv").status == 503) }
      for _ in 0..<5 { #expect(try await client.ask("GET", "/api/calls.csv?limit=x").status == 400) }
    }
  }

  private func question(_ service: RecordedService, _ query: String = "") -> Question {
    Question(
      target: "/api/calls.csv\(query)",
      headers: [("Authorization", "Bearer \(service.secret)"), ("X-Request-Id", "abc")])
  }
}
