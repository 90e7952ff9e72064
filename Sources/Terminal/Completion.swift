/// Shells that complete our commands.
package enum Shell: String, Sendable, CaseIterable {
  case bash
  case zsh
  case fish
}

/// Scripts that make a shell complete our commands and options, written from the same table as
/// the help.
package enum Completion {
  /// The script for `shell`, ended by a line feed.
  package static func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private static let commands = CommandName.allCases.map(\.rawValue).joined(separator: " ")
  private static let common = names(CommandOption.common)
  private static let shells = Shell.allCases.map(\.rawValue).joined(separator: " ")

  private static func names(_ options: [CommandOption]) -> String {
    options.map(\.name).joined(separator: " ")
  }

  private static func words(_ command: CommandName) -> String {
    let operands = command == .completion ? [shells] : command == .phones ? ["assign"] : []
    return (operands + [names(command.options + CommandOption.common)]).joined(separator: " ")
  }

  // `compgen` fills the array; the inner words hold no space.
  private static var bash: String {
    let cases = CommandName.allCases.map { "    \($0.rawValue)) words=\"\(words($0))\" ;;" }
    return """
      _twilio_sync() {
        local words
        COMPREPLY=()
        case "${COMP_WORDS[COMP_CWORD-1]}" in
          --since|--until|--url) return ;;
        esac
        case "${COMP_WORDS[1]}" in
      \(cases.joined(separator: "\n"))
          *) words="\(commands) \(common)" ;;
        esac
        if [ "$COMP_CWORD" -eq 1 ]; then words="\(commands) \(common)"; fi
        COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
      }
      complete -F _twilio_sync twilio-sync

      """
  }

  // A file in $fpath is the function itself and runs at the first completion; sourced, it is registered.
  private static var zsh: String {
    let list = CommandName.allCases.map { described($0.rawValue, $0.summary) }
    let cases = CommandName.allCases.map { command in
      let lines = command.options.map { described($0.name, $0.summary) }
      return "    \(command.rawValue))\n"
        + (["      options+=("] + lines.map { "    " + $0 } + ["      ) ;;"])
        .joined(separator: "\n")
    }
    return """
      #compdef twilio-sync
      _twilio-sync() {
        local -a commands options
        commands=(
      \(list.joined(separator: "\n"))
        )
        options=(
      \(CommandOption.common.map { described($0.name, $0.summary) }.joined(separator: "\n"))
        )
        case "$words[CURRENT-1]" in
          --since|--until|--url) return ;;
        esac
        if (( CURRENT == 2 )); then
          _describe '\(Words.command)' commands
        elif [[ "$words[2]" == completion ]]; then
          compadd -- \(shells)
        elif [[ "$words[2]" == phones ]] && (( CURRENT == 3 )); then
          compadd -- assign
        fi
        case "$words[2]" in
      \(cases.joined(separator: "\n"))
        esac
        _describe -o '\(Words.option)' options
      }
      if [[ "$funcstack[1]" == _twilio-sync ]]; then
        _twilio-sync "$@"
      else
        compdef _twilio-sync twilio-sync
      fi

      """
  }

  /// A word and what it does, as zsh's `_describe` takes them.
  private static func described(_ word: String, _ summary: String) -> String {
    "    '\(word):\(summary)'"
  }

  private static var fish: String {
    let head = "complete -c twilio-sync"
    let commands = CommandName.allCases.map {
      "\(head) -n __fish_use_subcommand -a \($0.rawValue) -d '\($0.summary)'"
    }
    let options = CommandName.allCases.flatMap { command in
      command.options.map { option in
        "\(head) -n '__fish_seen_subcommand_from \(command.rawValue)' -l \(option.rawValue)"
          + "\(option.placeholder == nil ? "" : " -x") -d '\(option.summary)'"
      }
    }
    let common = CommandOption.common.map { option in
      "\(head)\(option == .help ? " -s h" : "") -l \(option.rawValue) -d '\(option.summary)'"
    }
    let shells = "\(head) -n '__fish_seen_subcommand_from completion' -a '\(self.shells)'"
    let assign = "\(head) -n '__fish_seen_subcommand_from phones' -a assign"
    return (["\(head) -f"] + commands + options + [shells, assign] + common).joined(separator: "\n") + "\n"
  }
}
