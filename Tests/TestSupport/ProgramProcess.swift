import Foundation

/// One of our executables as a process; all it prints is kept. It is killed when the test process is gone.
package final class ProgramProcess: Sendable {
  private let process: ChildProcess
  private let state: ProgramState
  private let name: String

  /// Starts an executable of this package with exactly this environment, and with what sanitizers and the
  /// loader need.
  ///
  /// - Parameters:
  ///   - columns: Of the terminal that it runs on (`script` of util-linux), whose text is its output; nil
  ///     for pipes.
  ///   - shell: What a shell does to start it, where `"$@"` is the program with its arguments, such as
  ///     `exec "$@" >/dev/full`; nil for no shell.
  package init(
    _ name: String, _ arguments: [String], environment: [String: String], columns: Int? = nil,
    shell: String? = nil
  ) throws {
    self.name = ([name] + arguments).joined(separator: " ")
    let output = try ProgramPipe()
    let errors = try ProgramPipe()
    let state = ProgramState()
    self.state = state
    let path = try ProgramFolder.path(of: name)
    let command: [String]
    if let columns {
      let quoted = ([path] + arguments).map { "'\($0)'" }.joined(separator: " ")
      command = ["/usr/bin/script", "-qefc", "stty cols \(columns); exec \(quoted)", "/dev/null"]
    } else if let shell {
      command = ["/bin/sh", "-c", shell, "sh", path] + arguments
    } else {
      command = [path] + arguments
    }
    process = try ChildProcess(
      command[0], Array(command.dropFirst()), environment: Self.inherited.merging(environment) { $1 },
      output: .descriptor(output.writer), errors: .descriptor(errors.writer), isWatched: true
    ) { status in state.change { $0.status = status } }
    output.read { bytes in state.change { Self.append(bytes, to: &$0, \.output) } }
    errors.read { bytes in state.change { Self.append(bytes, to: &$0, \.errors) } }
  }

  /// What it has written to standard output.
  package var output: String { String(decoding: state.facts.output, as: UTF8.self) }

  /// What it has written to standard error.
  package var errors: String { String(decoding: state.facts.errors, as: UTF8.self) }

  /// The process's number.
  package var identifier: Int32 { process.identifier }

  /// The most memory that it has had at once (Linux's VmHWM); nil where the system does not say.
  package var peakKilobytes: Int? {
    let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
    return status?.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.output.1) }
  }

  /// Whether it has not ended yet.
  package var isRunning: Bool { state.facts.status == nil }

  /// Waits for a whole line, of standard output or error, that contains `text`.
  package func line(
    containing text: String, within limit: Duration = Hang.limit
  ) async throws -> String {
    let found = await state.wait(within: limit) { facts in
      facts.hasEnded || Self.line(containing: text, in: facts) != nil
    }
    guard found, let line = Self.line(containing: text, in: state.facts) else {
      throw ProgramFailure(description: "\(name) did not print «\(text)» but:\n\(output)\(errors)")
    }
    return line
  }

  /// Sends a signal, unless the process has ended.
  package func send(_ signal: Int32) { process.send(signal) }

  /// Stops the process until it is sent SIGCONT, and returns when none of its threads runs any more: the signal
  /// stops the thread that takes it, which has to get a processor first, and the others go on until then.
  package func freeze() async {
    let number = id_t(identifier)
    send(SIGSTOP)
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var report = unsafe siginfo_t()
        // Its state stays to be read by others. An end is an answer, too.
        while unsafe waitid(P_PID, number, &report, WSTOPPED | WEXITED | WNOWAIT) == -1, errno == EINTR {}
        continuation.resume()
      }
    }
  }

  /// Waits for the end and for the last byte of output; the status as a shell shows it: 128 + number for a
  /// signal that was not caught.
  @discardableResult
  package func exitStatus(within limit: Duration = Hang.limit) async throws -> Int32 {
    guard await state.wait(within: limit, until: \.hasEnded), let status = state.facts.status else {
      throw ProgramFailure(description: "\(name) did not end but printed:\n\(output)\(errors)")
    }
    return status
  }

  private static func append(
    _ bytes: [UInt8], to facts: inout ProgramState.Facts,
    _ stream: WritableKeyPath<ProgramState.Facts, [UInt8]>
  ) {
    if bytes.isEmpty { facts.openStreams -= 1 }
    facts[keyPath: stream] += bytes
  }

  private static func line(containing text: String, in facts: ProgramState.Facts) -> String? {
    for bytes in [facts.output, facts.errors] {
      let whole = bytes.prefix(through: bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
      let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n")
      if let line = lines.first(where: { $0.contains(text) }) { return String(line) }
    }
    return nil
  }

  private static var inherited: [String: String] {
    let names = ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TSAN_OPTIONS", "ASAN_OPTIONS"]
    let wanted = names + ["SWIFT_BACKTRACE", "LLVM_PROFILE_FILE", "TMPDIR"]
    return ProcessInfo.processInfo.environment.filter { wanted.contains($0.key) }
  }
}
