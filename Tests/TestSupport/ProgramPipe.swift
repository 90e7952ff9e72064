import Dispatch
import Foundation

/// A pipe from a program, whose end is the writer's end.
struct ProgramPipe {
  private let reader: Int32
  /// What the program is given.
  let writer: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let status = unsafe pipe(&ends)
    guard status == 0 else { throw ProgramFailure(description: "no pipe for a program's output") }
    (reader, writer) = (ends[0], ends[1])
  }

  /// Closes this process's writing end and hands on what arrives, an empty piece at the end.
  func read(_ take: @escaping @Sendable ([UInt8]) -> Void) {
    close(writer)
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
