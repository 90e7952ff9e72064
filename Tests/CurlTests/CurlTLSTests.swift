import Curl
import Foundation
import TestSupport
import Testing

@Suite("CurlClient: TLS", .enabled(if: TestCertificates.isAvailable, "needs the openssl command"))
struct CurlTLSTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  /// Asks a server with that certificate, trusting the tests' authority.
  private func ask(
    _ pair: TestCertificates.Pair, trusting authorities: String?
  ) async throws -> (failure: CurlError?, printed: String) {
    let server = try OpenSSLServer(pair)
    let request = makeRequest(server.url, user: "user-55ab", password: "password-66cd")
    let client = CurlClient(maxHandles: 1, network: CurlNetwork(authorities: authorities))
    return (await failure(of: request, through: client), server.stop())
  }

  @Test("takes a certificate of a trusted authority for the host")
  func trusted() async throws {
    let answer = try await ask(
      certificates.issue(for: "localhost"), trusting: certificates.authorities)
    #expect(answer.failure == nil)
  }

  @Test(
    "refuses one that has expired, is another host's or vouches for itself, and sends nothing",
    arguments: [
      ("expired", "certificate has expired"),
      ("another host's", "no alternative certificate subject name matches"),
      ("self-signed", "self-signed certificate"),
    ])
  func refused(which: String, words: String) async throws {
    let pair =
      switch which {
      case "expired": try certificates.issue(for: "localhost", days: -1)
      case "another host's": try certificates.issue(for: "api.twilio.example")
      default: try certificates.selfSigned(for: "localhost")
      }
    let answer = try await ask(pair, trusting: certificates.authorities)
    #expect(answer.failure?.kind == .untrustedCertificate)
    #expect(answer.failure?.cause?.contains(words) == true, "\(answer.failure?.cause ?? "")")
    #expect(!answer.printed.contains("Authorization"))
  }

  @Test("refuses an authority that this machine does not trust")
  func foreignAuthority() async throws {
    let answer = try await ask(certificates.issue(for: "localhost"), trusting: nil)
    #expect(answer.failure?.kind == .untrustedCertificate)
    #expect(!answer.printed.contains("Authorization"))
  }

  @Test("refuses TLS 1.1")
  func oldTLS() async throws {
    let server = try OpenSSLServer(
      certificates.issue(for: "localhost"), arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(await failure(of: makeRequest(server.url))?.kind == .tls)
    _ = server.stop()
  }

  // What the service reads of Twilio comes this way only, so no wrong byte gets into a row.
  @Test("never returns an answer of which a byte was changed on the way")
  func changedByte() async throws {
    let body = (0..<400).map { "{\"sid\":\"CA\($0)\"}" }.joined(separator: ",")
    let folder = FileManager.default.temporaryDirectory.appending(path: "page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let page = folder.appending(path: "page")
    try Data("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8).write(to: page)
    let server = try OpenSSLServer(certificates.issue(for: "localhost"), page: page)
    let proxy = try TCPProxy(to: .tcp(port: server.port))
    let url = "https://localhost:\(proxy.port)/page"
    let network = CurlNetwork(authorities: certificates.authorities)
    let undisturbed = try await CurlClient(maxHandles: 1, network: network).send(makeRequest(url))
    #expect(String(decoding: undisturbed.body, as: UTF8.self) == body)
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    let counts = [TCPProxy.Direction.toServer, .toClient].map { ($0, proxy.arrived($0)) }
    // Where the byte is part of a length, each side waits for the other.
    let request = makeRequest(url, total: .seconds(2))
    for (direction, count) in counts {
      for _ in 0..<(isLong ? 300 : 12) {
        let (offset, mask) = (random.number(in: 0...count - 1), UInt8(1) << UInt8(random.number(in: 0...7)))
        proxy.strike(direction, afterBytes: offset, .replace(with: { $0 ^ mask }))
        let answer = try? await CurlClient(maxHandles: 1, network: network).send(request)
        #expect(
          answer == nil || answer?.body == undisturbed.body,
          "seed \(seed): bit \(mask) of byte \(offset) \(direction)")
      }
    }
    proxy.close()
    _ = server.stop()
  }

  private var isLong: Bool { ProcessInfo.processInfo.environment["TEST_LONG"] == "1" }
}
