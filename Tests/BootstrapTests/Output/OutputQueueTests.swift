import BlockingWork
import Foundation
import TestSupport
import Testing

@Suite("What waits to be written", .timeLimit(.minutes(5)))
struct OutputQueueTests {
  @Test(
    "Before a reader that stands still so much waits as is allowed, whichever bound is met first; the rest is counted",
    arguments: [(bytes: 1_000_000, lines: 100), (bytes: 1000, lines: 1_000_000)])
  func bounded(bytes: Int, lines: Int) async throws {
    let pipe = try HeldPipe(isFull: true)
    let file = try pipe.writer()
    let queue = OutputQueue(bytes: bytes, lines: lines) { "lost \($0)\n" }
    // Of ten bytes each.
    for number in 0..<1000 { queue.log("line \(1000 + number)\n", to: file.fileDescriptor) }
    let text = try await pipe.read { $0.contains(/lost \d+\n/) }
    let written = text.split(separator: "\n")
    let kept = written.dropLast()
    // One more may be on its way to the pipe.
    #expect((100...101).contains(kept.count))
    #expect(kept.elementsEqual((0..<kept.count).map { "line \(1000 + $0)" }))
    #expect(written.last == "lost \(1000 - kept.count)")
    queue.log("later\n", to: file.fileDescriptor)
    #expect(try await pipe.read { $0.hasSuffix("later\n") } == text + "later\n")
    try file.close()
  }

  @Test("Of a log that was lost before and after, each part is told once, in its place")
  func toldOnce() async throws {
    let pipe = try HeldPipe()
    let file = try pipe.writer()
    let queue = OutputQueue(bytes: 1000, lines: 10) { "lost \($0)\n" }
    for round in 1...3 {
      pipe.fill()
      for number in 0..<30 { queue.log("\(round) \(number)\n", to: file.fileDescriptor) }
      try await pipe.read { $0.components(separatedBy: "lost").count == round + 1 && $0.hasSuffix("\n") }
    }
    let lines = pipe.readWhatIsThere().split(separator: "\n")
    let lost = lines.compactMap { $0.hasPrefix("lost ") ? Int($0.dropFirst(5)) : nil }
    #expect(lost.count == 3 && lost.reduce(0, +) + lines.count - 3 == 90)
    try file.close()
  }

  @Test("A result longer than the pipe is written whole after the log, also where writing does not wait")
  func result() async throws {
    for flags in [Int32(0), O_NONBLOCK] {
      let pipe = try HeldPipe(isFull: true)
      let file = try pipe.writer()
      #expect(fcntl(file.fileDescriptor, F_SETFL, flags) == 0)
      let queue = OutputQueue { "lost \($0)\n" }
      queue.log("first\n", to: file.fileDescriptor)
      let result = String(repeating: "0123456789ñ", count: 20_000) + "\n"
      async let error = queue.write(result, to: file.fileDescriptor)
      let text = try await pipe.read { $0.utf8.count == result.utf8.count + 6 }
      #expect(text == "first\n" + result)
      #expect(await error == nil)
      try file.close()
    }
  }

  @Test("A reader that goes away ends what waits for it with EPIPE; the log goes on without it")
  func gone() async throws {
    StandardStreams.prepare()
    let pipe = try HeldPipe(isFull: true)
    let file = try pipe.writer()
    let queue = OutputQueue { "lost \($0)\n" }
    async let error = queue.write("result\n", to: file.fileDescriptor)
    pipe.close()
    #expect(await error == EPIPE)
    for number in 0..<50_000 { queue.log("line \(number)\n", to: file.fileDescriptor) }
    #expect(await queue.write("result\n", to: file.fileDescriptor) == EPIPE)
    try file.close()
    #expect(await queue.write("result\n", to: -1) == EBADF)
  }

  @Test("Flushing waits for a reader that reads, and not for one that stands still")
  func flush() async throws {
    let pipe = try HeldPipe()
    let file = try pipe.writer()
    let queue = OutputQueue { "lost \($0)\n" }
    for number in 0..<100 { queue.log("line \(number)\n", to: file.fileDescriptor) }
    queue.flush(until: .distantFuture)
    #expect(pipe.readWhatIsThere().hasSuffix("line 99\n"))
    pipe.fill()
    queue.log("late\n", to: file.fileDescriptor)
    queue.flush(until: .now() + .milliseconds(50))
    #expect(try await pipe.read { $0.hasSuffix("late\n") }.hasSuffix("line 99\nlate\n"))
    try file.close()
  }
}
