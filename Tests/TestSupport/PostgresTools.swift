import Foundation

/// Where PostgreSQL's programs are, and how to run one without being root, which they refuse.
struct PostgresTools: Sendable {
  /// A program that failed, with what it printed.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  let folder: String
  /// What to put before a program's path: as root a change of user, otherwise nothing.
  let prefix: [String]

  /// Finds those of the folder that `TEST_POSTGRES` names; without it the newest installed version, or the one of
  /// the `pg_config` in the path.
  init() throws {
    folder = try Self.findFolder()
    prefix = geteuid() == 0 ? [try Self.find("runuser"), "-u", "postgres", "--"] : []
  }

  func path(_ program: String) -> String { "\(folder)/\(program)" }

  /// Runs a program to its end in `directory`, where its output goes to a file meanwhile.
  func run(_ program: String, _ arguments: [String], in directory: String) async throws {
    let output = "\(directory)/\(program)-\(UInt32.random(in: 0 ... .max)).out"
    defer { try? FileManager.default.removeItem(atPath: output) }
    let status = try await process(program, arguments, in: directory, output: output).end()
    guard status == 0 else {
      let printed = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
      throw Failure(description: "\(program) ended with status \(status ?? -1): \(printed)")
    }
  }

  /// Starts a process, whose output is appended to a file.
  ///
  /// `program` is one of PostgreSQL's or the full path of another.
  func process(
    _ program: String, _ arguments: [String], in directory: String, output: String
  ) throws -> ChildProcess {
    let command = prefix + [program.hasPrefix("/") ? program : path(program)] + arguments
    return try ChildProcess(
      command[0], Array(command.dropFirst()), environment: Self.environment, in: directory,
      output: .file(output),
      errors: .file(output))
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
    let wanted = ProcessInfo.processInfo.environment["TEST_POSTGRES"].map { [$0] }
    let found = (wanted ?? newestFirst + beside).first {
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
