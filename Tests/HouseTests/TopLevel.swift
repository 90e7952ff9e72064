/// What lies in the repository's top folder, and what `Architecture.md` says lies in `Sources`.
enum TopLevel {
  static let allowed: Set<String> = [
    "Package.swift", "Sources", "Tests", "vercel.json", "README.md", "Dockerfile", "scripts", "LICENSE",
  ]

  /// The names that do not belong there. Dot files do, and so does what git ignores by its name.
  static func strangers(names: [String], gitIgnore: String) -> [String] {
    let ignored = Set(gitIgnore.split(whereSeparator: \.isNewline).map(String.init))
    return names.filter { !$0.hasPrefix(".") && !allowed.contains($0) && !ignored.contains($0) }
  }

  /// The folders below `Sources/` in the tree of the page's section "The rooms", sorted.
  static func sourceFolders(inPage page: String) -> [String] {
    guard let section = page.firstRange(of: "\n## The rooms\n"),
      let tree = page[section.upperBound...].firstMatch(of: /\nSources\/\n((?: .*\n)+)/)
    else { return [] }
    return tree.1.matches(of: /(?m)^ +([\w-]+)\/ +\S/).map { String($0.1) }.sorted()
  }
}
