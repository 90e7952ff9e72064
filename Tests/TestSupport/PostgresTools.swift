import Foundation

/// Where PostgreSQL's programs are, and how to run one without being root, which they refuse.
struct PostgresTools: Sendable {
  /// A program that failed, with what it printed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let folder: String
  /// What to put before a program's path: as root a change of user, otherwise nothing.
  let prefix: [String]

  /// Finds the newest installed version, or the one of the `pg_config` in the path.
  init() throws {
    folder = try Self.findFolder()
    prefix = geteuid() == 0 ? [try Self.find("runuser"), "-u", "postgres", "--"] : []
  }

  func path(_ program: String) -> String { "\(folder)/\(program)" }

  /// Runs a program to its end in `directory`, where its output goes to a file meanwhile.
  func run(_ program: String, _ arguments: [String], in directory: String) async throws {
    let output = "\(directory)/\(program)-\(UInt32.random(in: 0 ... .max)).out"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let process = process(program, arguments, in: directory, output: output)
    let status = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try process.run() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else {
      let printed = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      throw Failure(description: "\(program) ended with status \(status): \(printed)")
    }
  }

  /// A process to be started, whose output is appended to a file.
  ///
  /// `program` is one of PostgreSQL's or the full path of another.
  func process(_ program: String, _ arguments: [String], in directory: String, output: String) -> Process {
    let path = program.hasPrefix("/") ? program : path(program)
    let command = prefix + [path] + arguments
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = Self.environment
    process.standardInput = FileHandle.nullDevice
    if !FileManager.default.fileExists(atPath: output) {
      _ = FileManager.default.createFile(atPath: output, contents: nil)
    }
    let file = FileHandle(forWritingAtPath: output) ?? .nullDevice
    _ = try? file.seekToEnd()
    process.standardOutput = file
    process.standardError = file
    return process
  }

  /// No `PG*` variable of the caller may decide anything about a test's cluster.
  static var environment: [String: String] {
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("PG") }
    environment["LC_ALL"] = "C"
    return environment
  }

  private static func findFolder() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    let newestFirst = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(root)/\($0)/bin" }
    let beside = searchPath.filter { FileManager.default.isExecutableFile(atPath: "\($0)/pg_config") }
    let found = (newestFirst + beside).first {
      FileManager.default.isExecutableFile(atPath: "\($0)/initdb")
    }
    guard let found else { throw Failure(description: "PostgreSQL's initdb is not installed") }
    return found
  }

  private static var searchPath: [String] {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
  }

  /// The full path of a program that may be outside the search path of the caller.
  static func find(_ program: String) throws -> String {
    let folders = searchPath + ["/usr/sbin", "/sbin", "/usr/local/bin", "/opt/homebrew/bin"]
    let found = folders.map { "\($0)/\(program)" }.first(where: FileManager.default.isExecutableFile)
    guard let found else { throw Failure(description: "\(program) is not installed") }
    return found
  }
}
