import Curl
import TestSupport
import Testing

@Suite("CurlClient: a proxy", .enabled(if: TestCertificates.isAvailable, "needs the openssl command"))
struct CurlProxyTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func network(_ proxy: String, direct: String = "") -> CurlNetwork {
    CurlNetwork(proxy: proxy, direct: direct, authorities: certificates.authorities)
  }

  @Test(
    "TLS goes through it, and it sees the host and nothing that is secret", arguments: ["", "me:pass-77ef@"])
  func tunnel(user: String) async throws {
    let server = try OpenSSLServer(certificates.issue(for: "localhost"))
    let proxy = try RawServer.proxy(to: server.port)
    let request = makeRequest(
      server.url + "/secret-path", headers: [CurlHeader("X-Key", "secret-field")], user: "user-55ab",
      password: "password-66cd")
    let client = CurlClient(maxHandles: 1, network: network("http://\(user)127.0.0.1:\(proxy.port)"))
    #expect(try await client.send(request).status == 200)
    _ = server.stop()
    let head = try #require(proxy.requests.first)
    #expect(proxy.requests.count == 1 && head.hasPrefix("CONNECT localhost:\(server.port) HTTP/1.1\r\n"))
    #expect(!head.contains("secret") && head.contains("Proxy-Authorization: Basic ") == !user.isEmpty)
    // Base64 of the credentials for the server.
    #expect(!head.contains("dXNlci01NWFi"))
  }

  @Test("Hosts that are asked past it, and what goes in the clear, never reach it")
  func direct() async throws {
    let server = try OpenSSLServer(certificates.issue(for: "localhost"))
    let plain = try RawServer { _, connection in connection.write() }
    let proxy = try RawServer.proxy(to: server.port)
    for (url, direct) in [(server.url, "api.example,localhost"), (server.url, "*"), (plain.url, "")] {
      let network = network("http://127.0.0.1:\(proxy.port)", direct: direct)
      #expect(
        await failure(of: makeRequest(url), through: CurlClient(maxHandles: 1, network: network)) == nil)
    }
    _ = server.stop()
    // One that is not there is not taken for the proxy, which has the same address.
    let network = network("http://127.0.0.1:\(proxy.port)")
    let nobody = makeRequest("http://127.0.0.1:\(try RawServer.makeFreePort())/")
    let failure = await failure(of: nobody, through: CurlClient(maxHandles: 1, network: network))
    #expect(failure?.kind == .couldNotConnect)
    #expect(proxy.connections == 0)
  }

  @Test("One that is away, is not found, refuses, or hangs up is to blame, and its password is not told")
  func faults() async throws {
    let refusing = try RawServer { _, connection in connection.write(status: "403 Forbidden") }
    let asking = try RawServer { _, connection in
      connection.write(status: "407 Proxy Authentication Required", fields: ["Proxy-Authenticate: Basic"])
    }
    let silent = try RawServer { _, connection in connection.close() }
    for place in [
      "127.0.0.1:\(try RawServer.makeFreePort())", "proxy.invalid:3128", "127.0.0.1:\(refusing.port)",
      "127.0.0.1:\(asking.port)", "127.0.0.1:\(silent.port)",
    ] {
      let network = network("http://me:pass-77ef@\(place)")
      #expect(network.proxyPlace == place && network.proxyPassword == "pass-77ef")
      #expect(!"\(network)".contains("pass-77ef"))
      let client = CurlClient(maxHandles: 1, network: network)
      let failure = await failure(of: makeRequest("https://api.example/"), through: client)
      #expect(failure?.kind == .proxy, "\(place): \(String(describing: failure))")
      #expect(failure?.cause?.contains("pass-77ef") == false)
    }
  }

  @Test("A host that the proxy leads to, and that nobody vouches for, is not the proxy's fault")
  func untrusted() async throws {
    let server = try OpenSSLServer(certificates.selfSigned(for: "localhost"))
    let proxy = try RawServer.proxy(to: server.port)
    let client = CurlClient(maxHandles: 1, network: network("127.0.0.1:\(proxy.port)"))
    #expect(await failure(of: makeRequest(server.url), through: client)?.kind == .untrustedCertificate)
    _ = server.stop()
  }
}
