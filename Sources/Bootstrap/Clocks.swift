import CallDomain
import Foundation
import SyncEngine
import WebAPI

/// The one place where time and chance enter the program.
enum Clocks {
  /// The process's clock, by which windows, periods and ages are decided.
  static let now: @Sendable () -> Timestamp = {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
  }

  /// Waits that many milliseconds; throws when the task is cancelled.
  static let sleep: @Sendable (Int64) async throws -> Void = { milliseconds in
    try await Task.sleep(for: .milliseconds(milliseconds))
  }

  static let engine = EngineClock(now: now, sleep: sleep, random: { Double.random(in: 0..<1) })

  /// The mark of one holder of a lease.
  static let token: @Sendable () -> Int64 = { .random(in: 1 ... .max) }

  static let api = APIClock(
    milliseconds: { Int64(ProcessInfo.processInfo.systemUptime * 1000) },
    sleep: { milliseconds in try? await Task.sleep(for: .milliseconds(milliseconds)) },
    makeRequestID: { requestIDs.next() })

  private static let requestIDs = RequestIDs()
}
