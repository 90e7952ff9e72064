import Testing
import WebServer

@Suite("Where a client on this machine reaches a server")
struct SocketAddressTests {
  @Test(
    "A wildcard stands for the loopback address of its family, anything else for itself",
    arguments: [
      ("0.0.0.0", "127.0.0.1:80"), ("::", "[::1]:80"), ("0:0:0:0:0:0:0:0", "[::1]:80"),
      ("::0", "[::1]:80"), ("::ffff:0.0.0.0", "127.0.0.1:80"), ("localhost", "127.0.0.1:80"),
      ("127.0.0.2", "127.0.0.2:80"), ("::1", "[::1]:80"), ("0::0001", "[::1]:80"),
      ("10.0.0.7", "10.0.0.7:80"),
      ("fd00::2", "[fd00::2]:80"), ("no such host", "no such host:80"), ("", ":80"),
    ])
  func fromHere(host: String, expected: String) {
    #expect(SocketAddress(host: host, port: 80).fromHere.description == expected)
  }
}
