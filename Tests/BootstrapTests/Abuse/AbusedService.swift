import Foundation
import TestSupport
import Testing

/// A `twilio-sync serve` that is treated badly. It has no database: `/health` touches none.
struct AbusedService: Sendable {
  let live: LiveService

  /// Whether the system tells which descriptors another process has open.
  static let canCount = FileManager.default.fileExists(atPath: "/proc/self/fd")

  /// The descriptors that the process has open.
  func descriptors() throws -> Set<Int> {
    let folder = "/proc/\(live.program.identifier)/fd"
    return Set(try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0) })
  }

  func connect(receiveBuffer: Int32? = nil) async throws -> RawSocketClient {
    try await RawSocketClient(port: live.port, receiveBuffer: receiveBuffer)
  }

  /// What a well-behaved client is told by `/health` on a connection of its own; nil when it is turned away
  /// without an answer.
  func health() async -> Int? {
    try? await Answer.of("GET", "/health", port: live.port, headers: []).status
  }

  /// Asks `/health` until it answers 200.
  /// - Returns: how long that took.
  func healthReturns() async throws -> Duration {
    let start = ContinuousClock.now
    try await eventually("the probe is answered") { await health() == 200 }
    return ContinuousClock.now - start
  }

  /// Waits until the process has the same descriptors open as before.
  func descriptorsReturn(to before: Set<Int>) async throws {
    try await eventually("\(before.count) descriptors, as before") { try descriptors() == before }
  }

  /// Lets the process open no further descriptor, prlimit(1), until `body` returns.
  func withoutDescriptors(_ body: () async throws -> Void) async throws {
    let open = try descriptors()
    let free = (0...).first { !open.contains($0) } ?? 0
    try limitDescriptors(to: free)
    let result = await Result { try await body() }
    try limitDescriptors(to: 1024)
    try result.get()
  }

  private func limitDescriptors(to count: Int) throws {
    let command = try ChildProcess(
      "/usr/bin/prlimit", ["--pid", "\(live.program.identifier)", "--nofile=\(count):"])
    try #require(command.waitForEnd() == 0)
  }
}

/// Runs a test of a service that may have so many descriptors; at its end the service still stops in order.
func withAbusedService(descriptors: Int? = nil, _ body: (AbusedService) async throws -> Void) async throws {
  try await withPrograms { programs in
    let environment = [
      "CRON_SECRET": Secrets.cron, "DATABASE_URL": "host=/nonexistent", "HOST": "127.0.0.1", "PORT": "0",
      "TWILIO_ACCOUNT_SID": "AC" + String(repeating: "0", count: 32), "TWILIO_AUTH_TOKEN": Secrets.authToken,
    ]
    let program = try programs.start(
      ["serve"], environment, shell: descriptors.map { "ulimit -n \($0); exec \"$@\"" })
    let service = AbusedService(live: try await LiveService(programs, program))
    // What the process opens once and keeps is open before anything is counted: its first look at the alerts,
    // which finds no database, has ended, and a timer has run.
    _ = try await program.line(containing: "No se pueden evaluar las alertas")
    #expect(try await service.live.askOpenly("GET", "/ready").status == 503)
    for _ in 0..<20 { #expect(await service.health() == 200) }
    try await body(service)
    #expect(try await service.live.end() == 0)
  }
}
