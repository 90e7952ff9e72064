package import Foundation

/// `openssl s_server`, which answers any request over HTTPS.
package final class OpenSSLServer {
  private let process = Process()
  private let output = Pipe()
  private var text = ""
  /// The port on 127.0.0.1.
  package private(set) var port = 0

  /// Listens at once. Without `page` it answers a status page of its own; with it that file, which holds
  /// a whole answer, head included.
  package init(_ pair: TestCertificates.Pair, page: URL? = nil, arguments: [String] = []) throws {
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.currentDirectoryURL = page?.deletingLastPathComponent() ?? URL(filePath: "/")
    process.arguments =
      ["s_server", "-accept", "127.0.0.1:0", "-cert", pair.certificate, "-key", pair.key]
      + [page == nil ? "-www" : "-HTTP"] + arguments
    process.standardOutput = output.fileHandleForWriting
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    try output.fileHandleForWriting.close()
    while port == 0, let more = readMore() {
      text += more
      port = text.firstMatch(of: /ACCEPT 127\.0\.0\.1:(\d+)\n/).flatMap { Int($0.1) } ?? 0
    }
    guard port != 0 else { throw ProgramFailure(description: "openssl s_server did not start: \(text)") }
  }

  /// Its address by the name `localhost`.
  package var url: String { "https://localhost:\(port)" }

  /// Ends the server and returns everything it printed.
  package func stop() -> String {
    kill()
    while let more = readMore() { text += more }
    process.waitUntilExit()
    return text
  }

  deinit { kill() }

  // A child of a test inherits blocked signals, so it has to be one that cannot be blocked.
  private func kill() {
    if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
  }

  private func readMore() -> String? {
    let data = output.fileHandleForReading.availableData
    return data.isEmpty ? nil : String(decoding: data, as: UTF8.self)
  }
}
