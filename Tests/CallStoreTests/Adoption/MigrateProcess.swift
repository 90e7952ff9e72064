import Foundation
import TestSupport

/// `twilio-sync migrate` as a process, to be killed.
struct MigrateProcess {
  private let process: ChildProcess

  init(on conninfo: String) throws {
    let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
    process = try ChildProcess(
      Bundle.main.bundleURL.appendingPathComponent("twilio-sync").path, ["migrate"],
      environment: environment.merging(["DATABASE_URL": conninfo]) { $1 })
  }

  /// Nil while it runs; 128 and the signal's number when it was killed.
  var status: Int32? { process.status }

  func kill() { process.send(SIGKILL) }

  func end() async -> Int32? { await process.end() }
}
