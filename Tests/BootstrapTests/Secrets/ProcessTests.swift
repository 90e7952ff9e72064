#if os(Linux)
  import Foundation
  import TestSupport
  import Testing
  import TwilioSimulator

  @Suite("What the system shows of the process", .timeLimit(.minutes(5)))
  struct ProcessTests {
    /// The processes whose parent is this one (proc(5), /proc/PID/stat).
    private func children(of process: Int32) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
        guard let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8) else {
          return false
        }
        // After the name, which may hold anything, come the state and the parent.
        let fields = stat.suffix(from: stat.lastIndex(of: ")") ?? stat.startIndex).split(separator: " ")
        return fields.count > 2 && fields[2] == "\(process)"
      }
    }

    private func read(_ file: String, of program: ProgramProcess) throws -> String {
      try String(contentsOfFile: "/proc/\(program.identifier)/\(file)", encoding: .utf8)
    }

    @Test("A child would be seen")
    func seesChildren() throws {
      let input = Pipe()
      let shell = try ChildProcess(
        "/bin/sh", ["-c", "read line"], input: .descriptor(input.fileHandleForReading.fileDescriptor))
      #expect(try children(of: getpid()).contains("\(shell.identifier)"))
      try input.fileHandleForWriting.close()
      shell.waitForEnd()
    }

    @Test(
      "The server starts no process, and its command line and name hold its arguments only, in a run, too")
    func noChildren() async throws {
      try await withInstallation { installation in
        installation.simulation.put(TestCalls.open(2001, now: installation.simulation.now))
        let proxy = try TCPProxy(to: .tcp(port: installation.simulator.port))
        proxy.blockSecondPage()
        let service = try await installation.serve(changes: proxy.asTwilio)
        let run = Task { try await service.sync() }
        try await eventually("a page is committed") { try await installation.storedCalls() > 0 }
        try check(service.program, "serve", installation)
        proxy.release()
        #expect(try await run.value.status == 200)
        try check(service.program, "serve", installation)
        proxy.close()
      }
    }

    private func check(
      _ program: ProgramProcess, _ arguments: String, _ installation: Installation
    ) throws {
      #expect(try children(of: program.identifier).isEmpty)
      let line = try read("cmdline", of: program).split(separator: "\0").dropFirst().joined(separator: " ")
      #expect(line == arguments)
      for thread in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(program.identifier)/task") {
        installation.programs.note(try read("task/\(thread)/comm", of: program))
      }
    }

    @Test("No core dump is written, whatever the limits were that it was started with")
    func noCoreDump() async throws {
      try await withInstallation { installation in
        let service = try await installation.serve()
        let limits = try read("limits", of: service.program).split(separator: "\n")
        let core = limits.first { $0.hasPrefix("Max core file size") }
        #expect(core?.split(separator: " ").suffix(3) == ["0", "0", "bytes"])
      }
    }

    @Test("No other process of its user can look into it", .enabled(if: geteuid() != 0, "root can"))
    func notReadable() async throws {
      try await withInstallation { installation in
        let service = try await installation.serve()
        for file in ["environ", "maps", "mem"] {
          #expect(throws: (any Error).self) { try read(file, of: service.program) }
        }
      }
    }
  }
#endif
