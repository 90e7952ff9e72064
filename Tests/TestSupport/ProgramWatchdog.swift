import Foundation

/// A shell that outlives the test process by a moment: when that is gone, however it went, the shell kills
/// the programs that still run.
final class ProgramWatchdog: Sendable {
  /// Nil when there is no shell; the tests then kill what they start, as long as they live.
  static let shared = try? ProgramWatchdog()

  private let process: ChildProcess
  private let lifeline: FileHandle

  private static let script = """
    trap '' INT TERM HUP
    alive=' '
    while read -r word pid; do
      case $word in
        watch) alive="$alive$pid " ;;
        forget) case $alive in *" $pid "*) alive="${alive%% $pid *} ${alive#* $pid }" ;; esac ;;
      esac
    done
    for pid in $alive; do kill -KILL "$pid" 2>/dev/null; done
    """

  private init() throws {
    var ends: [Int32] = [-1, -1]
    let status = unsafe pipe(&ends)
    guard status == 0 else { throw ProgramFailure(description: "no pipe for the watchdog") }
    lifeline = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
    process = try ChildProcess("/bin/sh", ["-c", Self.script], input: .descriptor(ends[0]))
    close(ends[0])
  }

  func watch(_ process: Int32) { tell("watch \(process)\n") }

  func forget(_ process: Int32) { tell("forget \(process)\n") }

  private func tell(_ line: String) {
    try? lifeline.write(contentsOf: Data(line.utf8))
  }
}
