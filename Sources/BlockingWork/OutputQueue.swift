package import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes texts to a file, pipe or terminal in the order in which they came, on a thread of its own.
///
/// A caller never waits for a reader that does not read. What waits to be written is bounded: when there is no
/// room, later lines are dropped until everything that waits is written, and then their number is written.
package final class OutputQueue: Sendable {
  private struct Piece {
    let text: String
    let descriptor: Int32
    let lines: Int
  }

  private struct State {
    var waiting: [Piece] = []
    var bytes = 0
    var lines = 0
    /// Lines for which there was no room since nothing waited.
    var refused = 0
    /// Lines that are lost, and not reported yet.
    var lost = 0
    /// Whether a line was cut off in its middle.
    var isMidLine = false
    var isWriting = false

    /// The piece to write now; nil when everything is written.
    mutating func next() -> Piece? {
      guard !waiting.isEmpty else {
        lost += refused
        refused = 0
        isWriting = false
        return nil
      }
      let piece = waiting.removeFirst()
      bytes -= piece.text.utf8.count
      lines -= piece.lines
      return piece
    }
  }

  private let longest: (bytes: Int, lines: Int)
  private let loss: @Sendable (Int) -> String
  private let state = Mutex(State())
  /// A serial queue without a target gets a thread whenever it has work, however many others are blocked.
  private let thread = DispatchQueue(label: "output")

  /// - Parameters:
  ///   - bytes: No more text is let in while so many wait; `lines` likewise.
  ///   - loss: The line that reports how many lines are lost.
  package init(bytes: Int = 1_048_576, lines: Int = 10_000, loss: @escaping @Sendable (Int) -> String) {
    longest = (bytes, lines)
    self.loss = loss
  }

  /// Writes `text` soon, or drops it; does not wait.
  package func log(_ text: String, to descriptor: Int32) {
    let piece = Piece(
      text: text, descriptor: descriptor, lines: text.utf8.count { $0 == UInt8(ascii: "\n") })
    let mustBegin = state.withLock { state in
      guard state.refused == 0, state.bytes < longest.bytes, state.lines < longest.lines else {
        state.refused += piece.lines
        return false
      }
      state.waiting.append(piece)
      state.bytes += text.utf8.count
      state.lines += piece.lines
      defer { state.isWriting = true }
      return !state.isWriting
    }
    if mustBegin { thread.async { self.writeWaiting() } }
  }

  /// Writes `text` when everything before it is written, however long its reader takes.
  /// - Returns: The number of the error that prevented it, errno(3); nil when all of it was written.
  package func write(_ text: String, to descriptor: Int32) async -> Int32? {
    await withCheckedContinuation { continuation in
      thread.async { continuation.resume(returning: Self.write(text, to: descriptor).error) }
    }
  }

  /// Waits, but not beyond `deadline`, until everything that came before is written.
  package func flush(until deadline: DispatchTime) {
    let written = DispatchSemaphore(value: 0)
    thread.async { written.signal() }
    _ = written.wait(timeout: deadline)
  }

  private func writeWaiting() {
    var descriptor: Int32?
    while let piece = state.withLock({ $0.next() }) {
      descriptor = piece.descriptor
      reportLoss(to: piece.descriptor)
      let (count, error) = Self.write(piece.text, to: piece.descriptor)
      guard error != nil else { continue }
      state.withLock { state in
        state.lost += piece.lines
        state.isMidLine = state.isMidLine || count > 0
      }
    }
    if let descriptor { reportLoss(to: descriptor) }
  }

  private func reportLoss(to descriptor: Int32) {
    let (lost, isMidLine) = state.withLock { ($0.lost, $0.isMidLine) }
    guard lost > 0, Self.write((isMidLine ? "\n" : "") + loss(lost), to: descriptor).error == nil else {
      return
    }
    state.withLock { state in
      state.lost -= lost
      state.isMidLine = false
    }
  }

  /// write(2) until all is written, whatever the descriptor's flags say of waiting.
  private static func write(_ text: String, to descriptor: Int32) -> (count: Int, error: Int32?) {
    var text = text
    return text.withUTF8 { bytes in
      var count = 0
      while count < bytes.count {
        let rest = unsafe UnsafeBufferPointer(rebasing: bytes[count...])
        let written = unsafe systemWrite(descriptor, rest.baseAddress, rest.count)
        if written > 0 {
          count += written
          continue
        }
        switch errno {
        case _ where written == 0: return (count, EIO)
        case EINTR: continue
        case EAGAIN:
          var watched = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&watched, 1, -1)
        case let error: return (count, error)
        }
      }
      return (count, nil)
    }
  }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  #if canImport(Darwin)
    unsafe Darwin.write(descriptor, bytes, count)
  #elseif canImport(Musl)
    unsafe Musl.write(descriptor, bytes, count)
  #else
    unsafe Glibc.write(descriptor, bytes, count)
  #endif
}
