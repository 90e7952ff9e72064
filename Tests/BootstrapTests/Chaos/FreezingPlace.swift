import Foundation
import TestSupport
import Testing
import TwilioSimulator

/// Where an hourly run's process is stopped.
enum FreezingPlace: String, CaseIterable, CustomTestStringConvertible {
  /// It has asked Twilio and not read the answer.
  case reading
  /// It waits for the commit lock, gets it, and holds it: its transaction stands open between two
  /// statements.
  case committing
  /// It sends a page of 1,000 calls, of which the server has a part.
  case sending

  var testDescription: String { rawValue }

  /// How many calls the run reads.
  var calls: Int { self == .sending ? 1000 : 40 }
}

/// A run whose process stands still.
struct FrozenRun {
  let program: ProgramProcess
  /// Between the program and the database; nil where it is connected directly.
  var proxy: TCPProxy?

  /// Lets it go on.
  func thaw() {
    proxy?.goOnSending()
    program.send(SIGCONT)
  }
}

extension Installation {
  /// Starts a run and stops its process there.
  func freeze(_ place: FreezingPlace) async throws -> FrozenRun {
    switch place {
    case .reading: try await freezeReading()
    case .committing: try await freezeCommitting()
    case .sending: try await freezeSending()
    }
  }

  private func freezeReading() async throws -> FrozenRun {
    simulation.setLoad(latencyMilliseconds: 500, concurrencyLimit: nil)
    let program = try start("hourly")
    // The second request is the listing by start; its answer comes while the process stands still.
    try await eventually("the second request") { simulation.requests.count == 2 }
    await program.freeze()
    try await eventually("its answer") { simulation.requests.allSatisfy { $0.status == 200 } }
    simulation.setLoad(latencyMilliseconds: 0, concurrencyLimit: nil)
    return FrozenRun(program: program)
  }

  private func freezeCommitting() async throws -> FrozenRun {
    let program = try await holdingCommits {
      let program = try start("hourly")
      try await eventually("the wait for the commit lock") {
        try await waiting("wait_event_type = 'Lock' AND wait_event = 'advisory'")
      }
      await program.freeze()
      return program
    }
    try await eventually("its transaction stands open") {
      try await waiting("state = 'idle in transaction'")
    }
    return FrozenRun(program: program)
  }

  private func freezeSending() async throws -> FrozenRun {
    let proxy = try TCPProxy(to: .tcp(port: cluster.tcpPort ?? 0))
    let (stops, stop) = AsyncStream<Void>.makeStream()
    proxy.stopSending(.within(bytes: 65_536)) { stop.finish() }
    let program = try start(
      "hourly", changes: ["DATABASE_URL": TestCluster.url(cluster, database.name, port: proxy.port)])
    for await _ in stops {}
    await program.freeze()
    try await eventually("the server waits for the rest of a statement") {
      try await waiting("state = 'active' AND wait_event = 'ClientRead' AND query LIKE 'INSERT INTO calls%'")
    }
    return FrozenRun(program: program, proxy: proxy)
  }

  /// Whether one of the programs' connections is in such a state, as `pg_stat_activity` shows it.
  func waiting(_ condition: String) async throws -> Bool {
    try await value(
      """
      SELECT count(*) FROM pg_stat_activity
      WHERE usename = '\(TestCluster.role)' AND datname = current_database() AND \(condition)
      """) != "0"
  }
}
