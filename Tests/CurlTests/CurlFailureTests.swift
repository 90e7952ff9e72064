import Curl
import Foundation
import TestSupport
import Testing

@Suite("CurlClient: what goes wrong")
struct CurlFailureTests {
  @Test(
    "tells a broken answer",
    arguments: [
      ("", .connectionLost),
      ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .connectionLost),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", .connectionLost),
      ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n", .connectionLost),
      ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip", .badAnswer),
      ("SSH-2.0-OpenSSH_9.2\r\n", .badAnswer),
    ] as [(String, CurlError.Kind)])
  func brokenAnswer(bytes: String, kind: CurlError.Kind) async throws {
    let server = try RawServer { _, connection in
      connection.write(bytes)
      connection.close()
    }
    let failed = await failure(of: makeRequest(server.url))
    #expect(failed?.kind == kind)
    // libcurl's words, and the number by which its manual has them.
    #expect(failed?.cause?.contains(/\w.* \(libcurl \d+\)$/) == true, "\(failed?.cause ?? "")")
  }

  @Test("tells a reset before and in the middle of an answer", arguments: ["", "HTTP/1.1 200 OK\r\nCont"])
  func reset(bytes: String) async throws {
    let server = try RawServer { _, connection in
      connection.write(bytes)
      connection.reset()
    }
    #expect(await failure(of: makeRequest(server.url))?.kind == .connectionLost)
  }

  @Test("gives up a silent server at the total deadline")
  func totalDeadline() async throws {
    let server = try RawServer { _, connection in connection.waitForClose() }
    #expect(await failure(of: makeRequest(server.url, total: .milliseconds(200)))?.kind == .timeout)
  }

  @Test("gives up a body that stalls, long before the total deadline", .timeLimit(.minutes(1)))
  func stall() async throws {
    let server = try RawServer { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      connection.waitForClose()
    }
    #expect(await failure(of: makeRequest(server.url, stall: .seconds(1)))?.kind == .timeout)
  }

  @Test("refuses an announced body over the cap at once, and the one that just fits is taken")
  func announcedLength() async throws {
    let server = try RawServer { _, connection in
      connection.write(body: [UInt8](repeating: 0, count: 1000))
    }
    let client = CurlClient(maxHandles: 1)
    #expect(await failure(of: makeRequest(server.url, sizeCap: 999), through: client)?.kind == .tooLarge)
    let answer = try await client.send(makeRequest(server.url, sizeCap: 1000))
    #expect(answer.body.count == 1000)
  }

  @Test("cuts off a 20 MB body that did not announce its length")
  func endlessBody() async throws {
    let server = try RawServer { _, connection in
      connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
      for _ in 0..<20 { connection.write([UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)) }
      connection.close()
    }
    #expect(await failure(of: makeRequest(server.url, sizeCap: 8 << 20))?.kind == .tooLarge)
  }

  @Test("counts the cap after decompression")
  func compressedBomb() async throws {
    let server = try RawServer { _, connection in
      connection.write(fields: ["Content-Encoding: gzip"], body: GzipFixtures.zeros)
    }
    #expect(await failure(of: makeRequest(server.url, sizeCap: 299_999))?.kind == .tooLarge)
    #expect(await failure(of: makeRequest(server.url, sizeCap: 300_000)) == nil)
  }

  @Test("cuts off endless headers")
  func endlessHeaders() async throws {
    let server = try RawServer { _, connection in
      connection.write("HTTP/1.1 200 OK\r\n")
      for _ in 0..<1000 { connection.write("X-Long: \(String(repeating: "x", count: 990))\r\n") }
      connection.close()
    }
    #expect(await failure(of: makeRequest(server.url)) != nil)
  }

  @Test("tells that nobody listens")
  func nobodyListens() async throws {
    let url = "http://127.0.0.1:\(try RawServer.makeFreePort())"
    #expect(await failure(of: makeRequest(url))?.kind == .couldNotConnect)
  }

  @Test("tells that a name does not resolve")
  func unknownName() async {
    // A label of more than 63 characters is no name, so no name server is asked.
    let url = "https://\(String(repeating: "a", count: 64)).invalid"
    #expect(await failure(of: makeRequest(url))?.kind == .couldNotResolve)
  }

  @Test("tells that what answers does not speak TLS")
  func noTLS() async throws {
    let server = try RawServer(greeting: "HTTP/1.1 400 Bad Request\r\n\r\n") { _, _ in }
    let url = server.url.replacing("http://", with: "https://")
    #expect(await failure(of: makeRequest(url))?.kind == .tls)
  }

  @Test(
    "refuses URLs that are not https, hold credentials or characters that have to be encoded",
    arguments: [
      "http://127.0.0.1:1/", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "", "https://",
      "https:///path", "https://user:secret@127.0.0.1/", "https://secret@127.0.0.1/", "https://a b/",
      "https://a\r\nb/", "https://a\0b/", "https://a\\@b/", "https://ñ.example/", "HTTP://127.0.0.1:1/",
    ])
  func badURL(url: String) async {
    let failed = await failure(of: makeRequest(url, allowsPlainHTTP: false))
    #expect(failed?.kind == .badURL)
    #expect(failed?.cause?.contains("secret") != true)
  }

  @Test(
    "refuses headers and credentials that would change the request",
    arguments: [
      makeRequest("https://127.0.0.1:1", headers: [CurlHeader("X", "a\r\nY: b")]),
      makeRequest("https://127.0.0.1:1", headers: [CurlHeader("X: Y", "a")]),
      makeRequest("https://127.0.0.1:1", headers: [CurlHeader("", "a")]),
      makeRequest("https://127.0.0.1:1", user: "a:b", password: "c"),
      makeRequest("https://127.0.0.1:1", user: "a", password: "c\0d"),
    ])
  func badRequest(request: CurlRequest) async {
    #expect(await failure(of: request)?.kind == .badRequest)
  }

  @Test("shows no secret, neither in errors nor when the request itself is printed")
  func noSecrets() async throws {
    let server = try RawServer { _, connection in connection.close() }
    for url in [
      server.url, "https://127.0.0.1:1", "ftp://x", "https://\(String(repeating: "a", count: 64)).",
    ] {
      let request = makeRequest(
        url + "/hook-5f3c?token-9a1b", headers: [CurlHeader("X-Key", "header-77aa")], user: "user-12cd",
        password: "password-34ef", body: Array("body-56ab".utf8))
      let failed = try #require(await failure(of: request))
      var dumped = ""
      dump(request, to: &dumped)
      dump(failed, to: &dumped)
      let shown =
        "\(failed) \(String(reflecting: failed)) \(request) \(String(reflecting: request)) \(dumped)"
      for secret in ["hook-5f3c", "token-9a1b", "header-77aa", "user-12cd", "password-34ef", "body-56ab"] {
        #expect(!shown.contains(secret))
      }
    }
  }
}
