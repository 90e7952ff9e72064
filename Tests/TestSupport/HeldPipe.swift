import Dispatch
package import Foundation
import Synchronization

/// A named pipe that a program writes to, and that nobody reads before a test does.
package final class HeldPipe: Sendable {
  /// Its place in the file system.
  package let path: String
  private let reader: Int32
  /// Held, so that the pipe has no end before the test closes it.
  private let filler: Int32
  private let text = Mutex<[UInt8]>([])
  private let isOpen = Mutex(true)

  /// - Parameter isFull: Whether whoever writes to it has to wait for the first byte that is read.
  package init(isFull: Bool = false) throws {
    path = NSTemporaryDirectory() + "held-pipe-\(UUID().uuidString)"
    guard unsafe mkfifo(path, 0o600) == 0 else { throw ProgramFailure(description: "no pipe at \(path)") }
    reader = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    filler = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
    guard reader >= 0, filler >= 0 else { throw ProgramFailure(description: "cannot open \(path)") }
    #if os(Linux)
      // F_SETPIPE_SZ, fcntl(2): the least there is, so that little fills it.
      _ = fcntl(reader, 1031, 4096)
    #endif
    if isFull { fill() }
  }

  deinit {
    close()
    unsafe unlink(path)
  }

  /// Opens it once more for writing; the caller closes the file.
  package func writer() throws -> FileHandle {
    try FileHandle(forWritingTo: URL(fileURLWithPath: path))
  }

  /// Leaves no room in it. What fills it is not read as text.
  package func fill() {
    var byte: UInt8 = 0
    while unsafe write(filler, &byte, 1) == 1 {}
  }

  /// Reads until all that was read meets the condition.
  @discardableResult
  package func read(
    within limit: Duration = Hang.limit, until isMet: @escaping @Sendable (String) -> Bool
  ) async throws -> String {
    let end = ContinuousClock.now + limit
    while true {
      let text = readWhatIsThere()
      if isMet(text) { return text }
      guard ContinuousClock.now < end else {
        throw ProgramFailure(description: "never read from the pipe what was waited for, but:\n\(text)")
      }
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "held pipe").async { [reader] in
          var watched = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
          _ = unsafe poll(&watched, 1, 1000)
          continuation.resume()
        }
      }
    }
  }

  /// All that was read so far, with what can be read now.
  package func readWhatIsThere() -> String {
    text.withLock { text in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = unsafe Foundation.read(reader, &buffer, buffer.count)
        guard count > 0 else { break }
        text += buffer.prefix(count).filter { $0 != 0 }
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  /// The reader goes away.
  package func close() {
    let wasOpen = isOpen.withLock { isOpen in
      defer { isOpen = false }
      return isOpen
    }
    guard wasOpen else { return }
    Foundation.close(reader)
    Foundation.close(filler)
  }
}
