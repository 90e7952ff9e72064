import Dispatch
import Foundation

/// A pipe whose ends other children of this process do not inherit, so that its end is the writer's end.
struct ProgramPipe {
  private let reader: Int32
  /// What the program is given.
  let writer: FileHandle

  init() throws {
    var ends: [Int32] = [-1, -1]
    let status = unsafe pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    guard status == 0 else { throw ProgramFailure(description: "no pipe for a program's output") }
    reader = ends[0]
    writer = FileHandle(fileDescriptor: ends[1], closeOnDealloc: true)
  }

  /// Closes this process's writing end and hands on what arrives, an empty piece at the end.
  func read(_ take: @escaping @Sendable ([UInt8]) -> Void) throws {
    try writer.close()
    DispatchQueue(label: "program output").async { [reader] in
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = unsafe Foundation.read(reader, &buffer, buffer.count)
        if count < 0 && errno == EINTR { continue }
        take(Array(buffer.prefix(max(0, count))))
        if count <= 0 { break }
      }
      close(reader)
    }
  }
}
