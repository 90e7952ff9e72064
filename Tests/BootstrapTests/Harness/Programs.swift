import Foundation
import Synchronization
import TestSupport
import Testing

/// The programs of one test and all that was read of them. Whatever the test is about: at its end none of
/// it may show a secret.
final class Programs: Sendable {
  /// A program that has ended.
  struct Ended {
    let status: Int32
    let output: String
    let errors: String
  }

  private let started = Mutex<[ProgramProcess]>([])
  private let texts = Mutex<[String]>([])

  /// - Parameters:
  ///   - columns: Of the terminal that it runs on; nil for none.
  ///   - shell: What a shell does to start it, `"$@"`; nil for no shell.
  func start(
    _ arguments: [String], _ environment: [String: String], columns: Int? = nil, shell: String? = nil
  ) throws -> ProgramProcess {
    let program = try ProgramProcess(
      "twilio-sync", arguments, environment: environment, columns: columns, shell: shell)
    started.withLock { $0.append(program) }
    return program
  }

  /// Runs `twilio-sync` to its end.
  func run(
    _ arguments: [String], _ environment: [String: String], shell: String? = nil
  ) async throws -> Ended {
    let program = try start(arguments, environment, shell: shell)
    let status = try await program.exitStatus()
    return Ended(status: status, output: program.output, errors: program.errors)
  }

  /// Keeps what was read elsewhere, to be searched for secrets as well.
  func note(_ text: String) {
    texts.withLock { $0.append(text) }
  }

  /// Kills what still runs and searches everything.
  func end() async throws {
    let programs = started.withLock(\.self)
    for program in programs { program.send(SIGKILL) }
    for program in programs {
      try await program.exitStatus()
      note(program.output)
      note(program.errors)
    }
    for text in texts.withLock(\.self) {
      // An answer names the number that moved calls: where Twilio corrects a call's direction it was a lead's before.
      let leaks = Secrets.leaks(in: text.replacing(/{"month":[^,]*,"number":"[^"]*"/, with: ""))
      #expect(leaks.isEmpty, "shown in: \(text)")
    }
  }
}

/// Runs a test of programs that need no database.
func withPrograms(_ body: (Programs) async throws -> Void) async throws {
  await Slots.shared.take()
  let programs = Programs()
  let result = await Result { try await body(programs) }
  try await programs.end()
  await Slots.shared.giveBack()
  try result.get()
}

extension Result where Failure == any Error {
  /// What `body` came to, to be told after cleaning up.
  init(_ body: () async throws -> Success) async {
    do {
      self = .success(try await body())
    } catch {
      self = .failure(error)
    }
  }
}
