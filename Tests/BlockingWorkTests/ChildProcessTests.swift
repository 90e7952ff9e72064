import Foundation
import TestSupport
import Testing

@Suite("A process that a test starts", .timeLimit(.minutes(5)))
struct ChildProcessTests {
  @Test("Its status is what it returned, or 128 and the signal that ended it", arguments: [0, 7, 255])
  func status(returned: Int32) async throws {
    #expect(try await ChildProcess("/bin/sh", ["-c", "exit \(returned)"]).end() == returned)
    let endless = try ChildProcess("/bin/sleep", ["600"])
    #expect(endless.status == nil)
    endless.send(SIGKILL)
    #expect(endless.waitForEnd() == 128 + SIGKILL)
    endless.send(SIGKILL)
  }

  @Test("One that is not there is told")
  func missing() {
    #expect(throws: ProgramFailure.self) { try ChildProcess("/nonexistent/program", []) }
  }

  @Test("It works in its folder, with its environment, and its output goes where it is told")
  func surroundings() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let script = "echo \"$PWD $WORD\"; cat; echo error >&2"
    let process = try ChildProcess(
      "/bin/sh", ["-c", script], environment: ["WORD": "eins"], in: "/usr", output: .file(file),
      errors: .file(file))
    #expect(await process.end() == 0)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == "/usr eins\nerror\n")
  }

  #if os(Linux)
    @Test("It has three descriptors, and no signal is blocked")
    func inherited() async throws {
      let (reader, file) = (
        Pipe(), FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
      )
      defer { try? FileManager.default.removeItem(atPath: file) }
      #expect(fcntl(reader.fileHandleForReading.fileDescriptor, F_SETFD, 0) == 0)
      // By the shell alone, which blocks signals while it waits for a child.
      let script = """
        for n in /proc/$$/fd/*; do echo ${n##*/}; done
        while read -r name value; do [ "$name" != SigBlk: ] || echo "$value"; done </proc/$$/status
        """
      let process = try ChildProcess("/bin/sh", ["-c", script], output: .file(file))
      #expect(await process.end() == 0)
      let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      // The third is the shell's own, by which it lists the folder.
      #expect(Set(lines.dropLast()).isSuperset(of: ["0", "1", "2"]) && lines.count <= 5, "\(lines)")
      #expect(lines.last == "0000000000000000")
    }
  #endif

  @Test("Its end is noticed while others live that were started in the same moment")
  func together() async throws {
    let living = try await withThrowingTaskGroup(of: [ChildProcess].self) { group in
      for _ in 0..<4 {
        group.addTask { try (0..<50).map { _ in try ChildProcess("/bin/sleep", ["600"]) } }
        group.addTask {
          for _ in 0..<50 {
            let status = try await ChildProcess("/bin/sh", ["-c", "exit 3"]).end()
            #expect(status == 3)
          }
          return []
        }
      }
      return try await group.reduce([], +)
    }
    for process in living {
      process.send(SIGKILL)
      #expect(await process.end() == 128 + SIGKILL)
    }
  }
}
