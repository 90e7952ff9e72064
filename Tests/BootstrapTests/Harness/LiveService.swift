import Foundation
import TestSupport
import Testing

/// A running `twilio-sync serve`.
struct LiveService: Sendable {
  static let route = "/api/sync-twilio-hourly"
  static let authorization = "Authorization: Bearer \(Secrets.cron)"

  let program: ProgramProcess
  let port: Int
  private let programs: Programs

  /// Waits until the program says where it listens.
  init(_ programs: Programs, _ program: ProgramProcess) async throws {
    self.programs = programs
    self.program = program
    let line = try await program.line(containing: "127.0.0.1:")
    let address = line.firstMatch(of: /127\.0\.0\.1:(\d+)/)
    port = try #require(address.flatMap { Int($0.output.1) })
  }

  /// One that is known to listen on this port.
  init(_ programs: Programs, _ program: ProgramProcess, port: Int) {
    self.programs = programs
    self.program = program
    self.port = port
  }

  /// Asks with the right secret.
  func ask(
    _ method: String, _ path: String, headers: [String] = [], body: String = ""
  ) async throws -> Answer {
    try await askOpenly(method, path, headers: [Self.authorization] + headers, body: body)
  }

  /// Asks with these headers only.
  func askOpenly(
    _ method: String, _ path: String, headers: [String] = [], body: String = ""
  ) async throws -> Answer {
    let answer = try await Answer.of(method, path, port: port, headers: headers, body: body)
    programs.note(answer.head)
    // Calls are shown with every number, to those who have the secret.
    let showsNumbers = path.hasPrefix("/api/calls") || path.hasPrefix("/calls")
    programs.note(showsNumbers ? answer.body.replacing(/34600\d{6}/, with: "") : answer.body)
    return answer
  }

  /// Asks for an hourly run and waits for its result.
  func sync() async throws -> Answer {
    try await ask("POST", Self.route)
  }

  /// Sends the signal and waits for the end.
  func end(_ signal: Int32 = SIGTERM) async throws -> Int32 {
    program.send(signal)
    return try await program.exitStatus()
  }
}
