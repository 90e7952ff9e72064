import Testing

@Suite("Nothing of Sources starts another process, which would inherit the secrets of the environment")
struct ChildProcessTests {
  private static func starts(_ file: SwiftFile) -> Bool {
    file.code.contains(/\b(Process|NSTask|posix_spawnp?|v?fork|exec[lv][pe]*|popen|system)\s*\(/)
  }

  @Test("No file of Sources does")
  func sources() throws {
    let found = try Repository.swiftFiles(under: "Sources").filter(Self.starts).map(\.path)
    #expect(found.isEmpty)
  }

  @Test("Tests start processes by ChildProcess, since the end of one of Foundation's may go unnoticed")
  func tests() throws {
    let found = try Repository.swiftFiles(under: "Tests").filter {
      $0.code.contains(/\bProcess\s*(\(\)|\.run)/)
    }
    #expect(found.map(\.path).isEmpty)
  }

  @Test(
    "Each way to do it is found",
    arguments: [
      "Process()", "Process ()", "posix_spawn(&a", "posix_spawnp(", "fork()", "execve(", "popen(", "system(",
    ]
  )
  func finds(code: String) {
    #expect(Self.starts(SwiftFile(path: "Sources/A/A.swift", text: "let a = \(code)")))
  }

  @Test(
    "Other words are not",
    arguments: ["// Process()", "\"system(\"", "process(a)", "subsystem(a)", "Processor()"])
  func spares(code: String) {
    #expect(!Self.starts(SwiftFile(path: "Sources/A/A.swift", text: "let a = 1 \(code)")))
  }
}
