/// Where the variables of the environment are named: the example, the table of `Reference.md`, README, and the code
/// that reads them.
enum EnvironmentExample {
  /// What `.env.example` assigns, commented out or not.
  static func names(inExample text: String) -> [String] {
    text.matches(of: /(?m)^#?([A-Z_]+)=/).map { String($0.1) }
  }

  /// The first column of the table in the section "Settings" of `Reference.md`.
  static func names(inReference page: String) -> Set<String> {
    let section = settings(in: page)
    let columns = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
      row.dropFirst().prefix { $0 != "|" }
    }
    return Set(columns.flatMap { $0.matches(of: /`([A-Z_]+)`/).map { String($0.1) } })
  }

  /// The variables that README's section "Settings" names.
  static func names(inReadme readme: String) -> Set<String> {
    Set(settings(in: readme).matches(of: /`([A-Z]+(?:_[A-Z]+)*)`/).map { String($0.1) })
      .subtracting(["AC"])
  }

  private static func settings(in page: String) -> Substring {
    guard let start = page.firstRange(of: "\n## Settings\n") else { return "" }
    return page[start.upperBound...].components(upTo: "\n## ")
  }

  /// What the configuration asks its settings for, by name, and the secrets of callers, which it has a list of.
  static func namesRead(in files: [SwiftFile]) -> Set<String> {
    let listed = files.flatMap { $0.text.matches(of: /callerSecrets = \[([^\]]*)\]/) }
    return Set(listed.flatMap { $0.1.matches(of: /"([A-Z_]+)"/).map { String($0.1) } }).union(
      files.flatMap { file in
        file.text.matches(
          of:
            /(?:text|either|host|number|flag|choice|date|address|publicAddress|quietTimes|schema|zone|isSet)\(\s*"([A-Z_]+)"/
        ).map { String($0.1) }
      })
  }
}

extension Substring {
  /// The part before the first such text, or all of it.
  fileprivate func components(upTo end: String) -> Substring {
    firstRange(of: end).map { self[..<$0.lowerBound] } ?? self
  }
}
