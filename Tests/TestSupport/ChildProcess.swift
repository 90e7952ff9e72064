import CSpawn
import Foundation
import Synchronization

/// A process that a test starts, whose end is always noticed.
///
/// Not Foundation's `Process`: that one watches a socket which the child holds open, and a process that another
/// thread starts in the same moment inherits it, so that the end of the first is noticed when both have ended
/// (swift-corelibs-foundation, Process.swift). Started by this one, none has any descriptor above 2, and none has
/// the signals blocked that a thread of Dispatch blocks.
package final class ChildProcess: Sendable {
  /// What a standard stream of it is.
  package enum Stream: Sendable {
    case null
    case descriptor(Int32)
    /// A file that is made where it is missing, and written at its end.
    case file(String)
  }

  package let identifier: Int32
  private let ending = DispatchGroup()
  private let found = Mutex<Int32?>(nil)

  /// - Parameters:
  ///   - environment: All of it; nil for this process's own.
  ///   - isWatched: Whether it is killed when this process is gone.
  ///   - onEnd: Told the status, before anybody who waits for the end goes on.
  package init(
    _ path: String, _ arguments: [String], environment: [String: String]? = nil, in directory: String = "/",
    input: Stream = .null, output: Stream = .null, errors: Stream = .null, isWatched: Bool = false,
    onEnd: @escaping @Sendable (Int32) -> Void = { _ in }
  ) throws {
    let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0)=\($1)" }
    identifier = try Self.spawn(
      path, [path] + arguments, variables, directory,
      [(input, O_RDONLY), (output, O_WRONLY), (errors, O_WRONLY)])
    if isWatched { ProgramWatchdog.shared?.watch(identifier) }
    ending.enter()
    DispatchQueue(label: "child process").async { [self] in
      let status = reap()
      if isWatched { ProgramWatchdog.shared?.forget(identifier) }
      onEnd(status)
      ending.leave()
    }
  }

  /// As a shell shows it: 128 and the number of the signal that ended it; nil while it runs.
  package var status: Int32? { found.withLock(\.self) }

  /// Sends a signal, unless the process has ended.
  package func send(_ signal: Int32) {
    // The number is its own as long as nobody has reaped it, which waits for the lock.
    found.withLock { status in
      if status == nil { kill(identifier, signal) }
    }
  }

  /// Waits for the end.
  @discardableResult
  package func end() async -> Int32? {
    await withCheckedContinuation { continuation in
      ending.notify(queue: .global()) { continuation.resume() }
    }
    return status
  }

  /// Waits for the end and keeps the thread meanwhile.
  @discardableResult
  package func waitForEnd() -> Int32? {
    ending.wait()
    return status
  }

  private func reap() -> Int32 {
    var report = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(identifier), &report, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    return found.withLock { found in
      var ending: Int32 = 0
      while unsafe waitpid(identifier, &ending, 0) == -1, errno == EINTR {}
      // The lower seven bits are a signal, the next byte is what the process returned (wait(2)).
      let status = ending & 0x7F == 0 ? ending >> 8 & 0xFF : 128 + ending & 0x7F
      found = status
      return status
    }
  }

  private static func spawn(
    _ path: String, _ arguments: [String], _ variables: [String], _ directory: String,
    _ streams: [(stream: Stream, mode: Int32)]
  ) throws -> Int32 {
    #if os(Linux)
      var actions = unsafe posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    for (number, (stream, mode)) in streams.enumerated() {
      let number = Int32(number)
      switch stream {
      case .null: unsafe posix_spawn_file_actions_addopen(&actions, number, "/dev/null", mode, 0)
      case .descriptor(let descriptor):
        unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, number)
      case .file(let file):
        unsafe posix_spawn_file_actions_addopen(&actions, number, file, mode | O_CREAT | O_APPEND, 0o644)
      }
    }
    unsafe posix_spawn_file_actions_addchdir_np(&actions, directory)
    var blocked = sigset_t()
    unsafe sigemptyset(&blocked)
    unsafe posix_spawnattr_setsigmask(&attributes, &blocked)
    var flags = Int32(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK)
    #if os(Linux)
      unsafe posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    #else
      flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
    #endif
    unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
    let list = unsafe (arguments.map { unsafe strdup($0) }) + [nil]
    let environment = unsafe (variables.map { unsafe strdup($0) }) + [nil]
    defer { unsafe (list + environment).forEach { unsafe free($0) } }
    var identifier: pid_t = 0
    let fault = unsafe posix_spawn(&identifier, path, &actions, &attributes, list, environment)
    guard fault == 0 else {
      throw ProgramFailure(
        description: "\(path) cannot be started: \(unsafe String(cString: strerror(fault)))")
    }
    return identifier
  }
}
