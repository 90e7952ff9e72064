import Foundation

/// A shell that outlives the test process by a moment: when the process is gone, however it went, the
/// shell stops the cluster and removes its folder.
///
/// It waits at the end of a pipe whose other end only this process holds, so that even SIGKILL is noticed.
final class PostgresWatchdog: Sendable {
  private let process: ChildProcess
  private let lifeline: Int32

  private static let script = """
    trap '' INT TERM HUP
    read -r word
    directory=$1; control=$2; shift 2
    if [ -f "$directory/pgbouncer.pid" ]; then kill -9 "$(cat "$directory/pgbouncer.pid")"; fi 2>/dev/null
    "$@" "$control" -D "$directory/data" -m immediate stop >/dev/null 2>&1
    case $directory in */pgt-*) rm -rf "$directory" ;; esac
    """

  init(directory: String, tools: PostgresTools) throws {
    var ends: [Int32] = [-1, -1]
    let status = unsafe pipe(&ends)
    guard status == 0 else { throw PostgresTools.Failure(description: "no pipe for the watchdog") }
    lifeline = ends[1]
    process = try ChildProcess(
      "/bin/sh", ["-c", Self.script, "watchdog", directory, tools.path("pg_ctl")] + tools.prefix,
      environment: PostgresTools.environment, input: .descriptor(ends[0]))
    close(ends[0])
  }

  /// Lets the shell do its work now, and waits for it.
  func release() async {
    close(lifeline)
    await process.end()
  }
}
