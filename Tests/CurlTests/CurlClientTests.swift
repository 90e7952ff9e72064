import Curl
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite("CurlClient: requests and answers")
struct CurlClientTests {
  let client = CurlClient(maxHandles: 1)

  @Test("returns status, headers in any case, repeated ones in order, and body")
  func answer() async throws {
    let server = try RawServer { _, connection in
      connection.write(
        status: "418 Teapot", fields: ["Twilio-Request-Id:  RQ1 ", "X-A: 1", "x-a: 2", "X-Empty:"],
        body: Array("hola".utf8))
    }
    let answer = try await client.send(makeRequest(server.url + "/a?b=%3C&c=d"))
    #expect(answer.status == 418)
    #expect(answer.body == Array("hola".utf8))
    #expect(answer.header("twilio-request-id") == "RQ1")
    #expect(answer.headers.filter { $0.name.lowercased() == "x-a" }.map(\.value) == ["1", "2"])
    #expect(answer.header("X-Empty") == "")
    #expect(answer.header("X-None") == nil)
    #expect(server.requests.first?.hasPrefix("GET /a?b=%3C&c=d HTTP/1.1\r\n") == true)
  }

  @Test("tells of each request its status, none where no whole answer came, and how long it took")
  func exchanges() async throws {
    let server = try RawServer { request, connection in
      if request.hasPrefix("GET /none ") { return connection.close() }
      connection.write(status: "503 Busy")
    }
    let exchanges = Mutex<[CurlExchange]>([])
    let client = CurlClient(maxHandles: 1) { exchange in exchanges.withLock { $0.append(exchange) } }
    let begin = ContinuousClock.now
    _ = try await client.send(makeRequest(server.url + "/busy"))
    #expect(await failure(of: makeRequest(server.url + "/none"), through: client) != nil)
    let length = begin.duration(to: .now)
    #expect(exchanges.withLock { $0.map(\.status) } == [503, nil])
    #expect(exchanges.withLock { $0.allSatisfy { $0.duration > .zero && $0.duration < length } })
  }

  @Test("sends the path as it is, dots included")
  func pathAsItIs() async throws {
    let server = try RawServer { _, connection in connection.write() }
    _ = try await client.send(makeRequest(server.url + "/a/../b?c=<>"))
    #expect(server.requests.first?.hasPrefix("GET /a/../b?c=<> HTTP/1.1\r\n") == true)
  }

  @Test("sends user name and password, colons included, as Basic authentication, and only when given")
  func basicAuthentication() async throws {
    let server = try RawServer { _, connection in connection.write() }
    _ = try await client.send(makeRequest(server.url, user: "AC1", password: "a:b%40"))
    _ = try await client.send(makeRequest(server.url))
    let expected = "Authorization: Basic " + Data("AC1:a:b%40".utf8).base64EncodedString()
    #expect(server.requests.first?.contains(expected + "\r\n") == true)
    #expect(server.requests.last?.contains("Authorization") == false)
  }

  @Test("sends the headers it is given, empty ones too")
  func requestHeaders() async throws {
    let server = try RawServer { _, connection in connection.write() }
    let headers = [CurlHeader("X-One", "a: b"), CurlHeader("X-Empty", "")]
    _ = try await client.send(makeRequest(server.url, headers: headers))
    let request = try #require(server.requests.first)
    #expect(request.contains("\r\nX-One: a: b\r\n"))
    #expect(request.contains("\r\nX-Empty:\r\n"))
    #expect(!request.contains("Expect:"))
  }

  @Test("posts a body with its length, without waiting for 100 Continue", arguments: [0, 5, 2_000_000])
  func post(length: Int) async throws {
    let server = try RawServer { request, connection in
      connection.write(
        body: Array("\(request.split(separator: "\r\n\r\n").dropFirst().first?.count ?? 0)".utf8))
    }
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: length)
    let answer = try await client.send(
      makeRequest(
        server.url, method: .post, headers: [CurlHeader("Content-Type", "application/json")], body: body))
    #expect(String(decoding: answer.body, as: UTF8.self) == "\(length)")
    #expect(server.requests.first?.hasPrefix("POST / HTTP/1.1\r\n") == true)
    #expect(server.requests.first?.contains("Content-Type: application/json\r\n") == true)
    #expect(server.requests.first?.contains("Expect:") == false)
  }

  @Test("keeps only the final answer's headers when an interim answer comes first")
  func interimAnswer() async throws {
    let server = try RawServer { _, connection in
      connection.write("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n")
      connection.write(fields: ["X-Late: 1"])
    }
    let answer = try await client.send(makeRequest(server.url))
    #expect(answer.status == 200)
    #expect(answer.header("X-Early") == nil)
    #expect(answer.header("X-Late") == "1")
  }

  @Test("reads a chunked body and leaves its trailer out")
  func chunked() async throws {
    let server = try RawServer { _, connection in
      connection.write(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nho\r\n2\r\nla\r\n0\r\nX-T: 1\r\n\r\n")
    }
    let answer = try await client.send(makeRequest(server.url))
    #expect(String(decoding: answer.body, as: UTF8.self) == "hola")
    #expect(answer.header("X-T") == nil)
  }

  @Test("offers gzip and undoes it")
  func gzip() async throws {
    let server = try RawServer { _, connection in
      connection.write(fields: ["Content-Encoding: gzip"], body: GzipFixtures.greeting)
    }
    let answer = try await client.send(makeRequest(server.url))
    #expect(String(decoding: answer.body, as: UTF8.self) == #"{"hola":"mundo"}"#)
    #expect(server.requests.first?.firstMatch(of: /Accept-Encoding: [^\r]*gzip/) != nil)
  }

  @Test("returns a redirect and does not follow it")
  func redirect() async throws {
    let other = try RawServer { _, connection in connection.write() }
    let url = other.url
    let server = try RawServer { _, connection in
      connection.write(status: "302 Found", fields: ["Location: \(url)/x"])
    }
    let answer = try await client.send(makeRequest(server.url, user: "u", password: "p"))
    #expect(answer.status == 302)
    #expect(answer.header("Location") == "\(url)/x")
    #expect(other.connections == 0)
    #expect(server.requests.count == 1)
  }

  @Test("ignores the environment's proxy")
  func noProxy() async {
    await #expect(processExitsWith: .success) {
      let server = try RawServer { _, connection in connection.write() }
      let nobody = "http://127.0.0.1:\(try RawServer.makeFreePort())"
      for name in ["http_proxy", "all_proxy"] {
        unsafe setenv(name, nobody, 1)
      }
      let answer = try await CurlClient(maxHandles: 1).send(makeRequest(server.url))
      guard answer.status == 200 else { exit(1) }
    }
  }
}

enum GzipFixtures {
  /// `{"hola":"mundo"}`
  static let greeting = bytes("H4sIAAAAAAACA6tWysjPSVSyUsotzUvJV6oFAOKJ4cEQAAAA")
  /// 300,000 zero bytes.
  static let zeros = bytes(
    "H4sIAAAAAAACA+3BAQ0AAADCoPdPbQ8HF" + String(repeating: "A", count: 387)
      + "/Bj74rL24JMEAA==")

  private static func bytes(_ base64: String) -> [UInt8] {
    Array(Data(base64Encoded: base64) ?? Data())
  }
}
