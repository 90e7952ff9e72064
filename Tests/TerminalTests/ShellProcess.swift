import Foundation
import TestSupport
import Testing

/// A real shell that runs a script and ends.
enum ShellProcess {
  /// Whether the shell is installed.
  static func isThere(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/\(name)")
    }
  }

  /// What the shell prints. One that waits for ever is ended, and the test fails.
  static func run(_ name: String, _ arguments: [String]) throws -> String {
    let output = Pipe()
    let shell = try ChildProcess(
      "/usr/bin/env", ["timeout", "--kill-after=5", "60", name] + arguments,
      output: .descriptor(output.fileHandleForWriting.fileDescriptor))
    try output.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(shell.waitForEnd() == 0, "\(name): \(text)")
    return text
  }

  /// A folder of the test's own, removed at its end.
  static func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "twilio-sync-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
