package import Foundation

/// `openssl s_server`, which answers any request over HTTPS.
package final class OpenSSLServer {
  private let process: ChildProcess
  private let output = Pipe()
  private var text = ""
  /// The port on 127.0.0.1.
  package private(set) var port = 0

  /// Listens at once. Without `page` it answers a status page of its own; with it that file, which holds
  /// a whole answer, head included.
  package init(_ pair: TestCertificates.Pair, page: URL? = nil, arguments: [String] = []) throws {
    process = try ChildProcess(
      "/usr/bin/openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-cert", pair.certificate, "-key", pair.key]
        + [page == nil ? "-www" : "-HTTP"] + arguments, in: page?.deletingLastPathComponent().path ?? "/",
      output: .descriptor(output.fileHandleForWriting.fileDescriptor))
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
    process.send(SIGKILL)
    while let more = readMore() { text += more }
    process.waitForEnd()
    return text
  }

  deinit { process.send(SIGKILL) }

  private func readMore() -> String? {
    let data = output.fileHandleForReading.availableData
    return data.isEmpty ? nil : String(decoding: data, as: UTF8.self)
  }
}
