import Foundation
import Terminal
import Testing

struct CompletionTests {
  /// A command line that is not finished, and what may stand at its end.
  private static let cases: [(line: String, offered: Set<String>)] = [
    ("twilio-sync h", ["hourly", "historical", "health"]),
    ("twilio-sync reattribute --d", ["--dry-run"]),
    ("twilio-sync historical --since ", []),
    ("twilio-sync health --url ", []),
    ("twilio-sync reattribute --", ["--since", "--dry-run", "--json", "--help", "--version"]),
    ("twilio-sync historical --", ["--since", "--until", "--restart", "--json", "--help", "--version"]),
    ("twilio-sync completion z", ["zsh"]),
    ("twilio-sync e", ["explain"]),
    ("twilio-sync explain --", ["--json", "--help", "--version"]),
    ("twilio-sync explain CA", []),
    ("twilio-sync hourly --s", []),
    ("twilio-sync --v", ["--version"]),
  ]

  @Test("bash offers what may stand there", arguments: cases)
  func bash(line: String, offered: Set<String>) throws {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    let script =
      Completion.script(for: .bash)
        + """
        COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
        _twilio_sync; printf '%s\\n' "${COMPREPLY[@]}"
        """
    #expect(try Self.words(ShellProcess.run("bash", ["-c", script])) == offered)
  }

  @Test("fish offers what may stand there", .enabled(if: ShellProcess.isThere("fish")), arguments: cases)
  func fish(line: String, offered: Set<String>) throws {
    let script = Completion.script(for: .fish) + "complete -C '\(line)'\n"
    let told = try ShellProcess.run("fish", ["--no-config", "-c", script])
    // After a tab each one says what it does.
    #expect(Set(told.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }) == offered)
  }

  @Test(
    "zsh offers what may stand there, sourced or found in $fpath",
    .enabled(if: ShellProcess.isThere("zsh")), arguments: cases, [true, false])
  func zsh(case one: (line: String, offered: Set<String>), isSourced: Bool) throws {
    try ShellProcess.withFolder { folder in
      try Completion.script(for: .zsh).write(
        to: folder.appending(path: "_twilio-sync"), atomically: true, encoding: .utf8)
      let way =
        isSourced
        ? "autoload -Uz compinit; compinit -D -u; source '\(folder.path)/_twilio-sync'"
        : """
        fpath=('\(folder.path)' $fpath); autoload -Uz compinit; compinit -D -u
        """
      try (way + "\n" + Self.telling).write(
        to: folder.appending(path: "setup.zsh"), atomically: true, encoding: .utf8)
      let told = try ShellProcess.run("zsh", ["-f", "-c", Self.terminal, "zsh", folder.path, one.line])
      let offered = told.matches(of: /offered=(\S+)/).map { String($0.1) }
      #expect(Set(offered) == one.offered, "\(told)")
    }
  }

  /// zsh completes on a terminal only: it gets one, and the line with a tab at its end.
  private static let terminal = """
    zmodload zsh/zpty || exit 1
    zpty shell TERM=dumb zsh -f -i
    zpty -w shell "source '$1/setup.zsh'"
    zpty -r shell text '*setup-is-done*' || exit 2
    zpty -n -w shell "$2"$'\\t'
    zpty -r shell text '*completion-is-done*' || exit 3
    print -r -- "$text"
    """

  /// Makes zsh tell what it would offer instead of offering it.
  private static let telling = """
    compadd() {
      if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)* ]]; then builtin compadd "$@"; return; fi
      local -a hits
      builtin compadd -A hits "$@"
      [ $#hits -eq 0 ] || printf 'offered=%s\\n' $hits
    }
    tell() { print completion-is-done }
    comppostfuncs=(tell)
    print setup-is-done
    """

  private static func words(_ text: String) -> Set<String> {
    Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
  }

  @Test("Each script names every command", arguments: Shell.allCases)
  func everyCommand(shell: Shell) {
    let script = Completion.script(for: shell)
    for command in CommandName.allCases {
      #expect(script.contains(command.rawValue))
    }
    #expect(script.hasSuffix("\n"))
  }

  @Test("No word of the scripts for zsh and fish ends its quotes early", arguments: [Shell.zsh, .fish])
  func quotes(shell: Shell) {
    for line in Completion.script(for: shell).split(separator: "\n") {
      #expect(line.filter { $0 == "'" }.count.isMultiple(of: 2), "\(line)")
    }
  }
}
