import CallDomain
import Foundation
import TestSupport
import TwilioSimulator

/// How much is done: a little in every test run, a lot with `TEST_LONG=1`.
enum ChaosProfile {
  static let isLong = ProcessInfo.processInfo.environment["TEST_LONG"] == "1"

  /// `TEST_SEED`, or a new one; a test prints it.
  static func seed() -> UInt64 {
    ProcessInfo.processInfo.environment["TEST_SEED"].flatMap(UInt64.init) ?? .random(in: 0...UInt64.max)
  }
}

extension Timestamp {
  /// Seconds from `earlier` to this moment.
  func seconds(since earlier: Timestamp) -> Int { seconds - earlier.seconds }
}

extension Installation {
  /// The demo's directory: 17 numbers in four workspaces.
  func fillDirectory() async throws {
    try await sql("INSERT INTO workspaces (id, name) VALUES (4, 'a'), (5, 'b'), (6, 'c')")
    let rows = OwnNumber.all.map { "(\($0.workspace), '\($0.number)')" }.joined(separator: ", ")
    try await sql("INSERT INTO workspace_phones (workspace_id, phone_number) VALUES \(rows)")
  }

  /// Lets the lease of a run that died or froze run out now.
  func endLease(of kind: String = "hourly") async throws {
    try await sql("UPDATE sync_leases SET expires_at = clock_timestamp() WHERE kind = '\(kind)'")
  }

  /// Everything that stands in `calls`, as one text.
  func fingerprint() async throws -> String? {
    try await value("SELECT md5(string_agg(c::text, '|' ORDER BY c.id)) FROM calls c")
  }

  /// Waits until the server has noticed that the programs are gone.
  func noBackends() async throws {
    // A pooler keeps its connections, and may pass on for a moment what the dead program had sent: it has
    // done so when it answers.
    let condition = PostgresBouncer.isWanted ? "state <> 'idle'" : "true"
    if PostgresBouncer.isWanted { _ = try await waiting(condition) }
    try await eventually("the server ends the connections of dead programs") {
      try await !waiting(condition)
    }
  }
}
