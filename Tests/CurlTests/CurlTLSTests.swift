import Curl
import Foundation
import Testing

@Suite("CurlClient: TLS", .enabled(if: OpenSSLServer.isAvailable, "needs the openssl command"))
struct CurlTLSTests {
  @Test("refuses a self-signed certificate and sends nothing")
  func selfSigned() async throws {
    let server = try OpenSSLServer()
    let failed = await failure(of: makeRequest(server.url, user: "u", password: "p"))
    #expect(failed?.kind == .untrustedCertificate)
    #expect(!server.stop().contains("Authorization"))
  }

  @Test("refuses TLS 1.1")
  func oldTLS() async throws {
    let server = try OpenSSLServer(arguments: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
    #expect(await failure(of: makeRequest(server.url))?.kind == .tls)
    _ = server.stop()
  }
}

/// `openssl s_server` with a certificate of its own making.
private final class OpenSSLServer {
  static let isAvailable = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

  private let process = Process()
  private let output = Pipe()
  private let folder: URL
  private var text = ""
  private(set) var url = ""

  init(arguments: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "curl-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let making = Process()
    try Self.start(
      making, in: folder,
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem "
        + "-subj /CN=localhost -days 2",
      output: FileHandle.nullDevice)
    making.waitUntilExit()
    try Self.start(
      process, in: folder, "s_server -accept 127.0.0.1:0 -key key.pem -cert cert.pem -www", arguments,
      output: output.fileHandleForWriting)
    try output.fileHandleForWriting.close()
    while url.isEmpty, let more = readMore() {
      text += more
      if let match = text.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/) {
        url = "https://localhost:\(match.1)"
      }
    }
    try #require(!url.isEmpty, "openssl s_server did not start: \(text)")
  }

  /// Ends the server and returns everything it printed.
  func stop() -> String {
    kill()
    while let more = readMore() { text += more }
    process.waitUntilExit()
    return text
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)
  }

  // A child of a test inherits blocked signals, so it has to be one that cannot be blocked.
  private func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
  }

  private func readMore() -> String? {
    let data = output.fileHandleForReading.availableData
    return data.isEmpty ? nil : String(decoding: data, as: UTF8.self)
  }

  private static func start(
    _ process: Process, in folder: URL, _ command: String, _ arguments: [String] = [], output: FileHandle
  ) throws {
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.currentDirectoryURL = folder
    process.arguments = command.split(separator: " ").map(String.init) + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }
}
