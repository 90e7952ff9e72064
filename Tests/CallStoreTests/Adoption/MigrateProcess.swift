import Foundation
import Synchronization

/// `twilio-sync migrate` as a process, to be killed.
final class MigrateProcess: Sendable {
  private let process: Process
  private let ended = Mutex<Int32?>(nil)

  init(on conninfo: String) throws {
    process = Process()
    process.executableURL = Bundle.main.bundleURL.appendingPathComponent("twilio-sync")
    process.arguments = ["migrate"]
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
      .merging(["DATABASE_URL": conninfo]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    process.terminationHandler = { [weak self] process in
      self?.ended.withLock { $0 = process.terminationStatus }
    }
    try process.run()
  }

  /// Nil while it runs; the signal's number when it was killed.
  var status: Int32? { ended.withLock(\.self) }

  func kill() { if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) } }

  func end() async throws -> Int32 {
    while true {
      if let status { return status }
      try await Task.sleep(for: .milliseconds(2))
    }
  }
}
