import Foundation
import Terminal
import Testing

struct CompletionTests {
  @Test(
    "bash completes what may stand there",
    arguments: [
      (["twilio-sync", "h"], "hourly historical health"),
      (["twilio-sync", "reattribute", "--d"], "--dry-run"),
      (["twilio-sync", "historical", "--since", ""], ""),
      (["twilio-sync", "reattribute", "--"], "--since --dry-run --json --help --version"),
      (["twilio-sync", "completion", "z"], "zsh"),
      (["twilio-sync", "hourly", "--since"], ""),
    ])
  func bash(words: [String], expected: String) throws {
    let list = words.map { "'\($0)'" }.joined(separator: " ")
    let script =
      Completion.script(for: .bash)
      + "COMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1); _twilio_sync; echo \"${COMPREPLY[*]}\"\n"
    let shell = Process()
    let output = Pipe()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    shell.arguments = ["bash", "-c", script]
    shell.standardOutput = output
    try shell.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(text == expected + "\n")
  }

  @Test("Each script names the commands of this version and no other", arguments: Shell.allCases)
  func everyCommand(shell: Shell) {
    let script = Completion.script(for: shell)
    for command in CommandName.allCases {
      #expect(script.contains(command.rawValue))
    }
    #expect(script.hasSuffix("\n"))
  }
}
