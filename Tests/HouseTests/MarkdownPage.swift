/// A page in Markdown as text, with the few readings that its links need.
struct MarkdownPage {
  /// From the repository's root, such as `Tests/README.md`.
  let path: String
  let text: String

  /// The headings as they are written, without their marks.
  var headings: [String] {
    prose.compactMap { line in
      line.firstMatch(of: /^#{1,6} +(.*)$/).map { String($0.1.replacing("`", with: "")) }
    }
  }

  /// The headings as GitHub addresses them.
  var anchors: Set<String> {
    var seen: [String: Int] = [:]
    return Set(
      headings.map { heading in
        let anchor = heading.lowercased().filter { $0.isLetter || $0.isNumber || " -_".contains($0) }
          .replacing(" ", with: "-")
        defer { seen[anchor, default: 0] += 1 }
        return seen[anchor].map { "\(anchor)-\($0)" } ?? anchor
      })
  }

  /// Where links and pictures lead that stay in the repository: a path relative to the page, an anchor, or both.
  var links: [String] {
    prose.map { $0.replacing(/`[^`]*`/, with: "") }.flatMap { line in
      line.matches(of: /\]\(([^)\s]+)\)/).map { String($0.1) }
        + line.matches(of: /<img src="([^"]+)"/).map { String($0.1) }
    }.filter { !$0.contains(/^[a-z]+:/) }
  }

  /// The lines outside of blocks of code.
  private var prose: [Substring] {
    var isCode = false
    return text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      if line.contains(/^\s*```/) {
        isCode.toggle()
        return false
      }
      return !isCode
    }
  }

  /// A sentence for each link that leads nowhere.
  ///
  /// - Parameters:
  ///   - page: The page at a path; nil where there is none.
  ///   - exists: Whether anything is at a path.
  func faults(page: (String) -> MarkdownPage?, exists: (String) -> Bool) -> [String] {
    links.compactMap { link in
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let target = parts[0].isEmpty ? path : Self.path(String(parts[0]), from: path)
      guard exists(target) else { return "\(path) links to \(link), and there is no \(target)" }
      guard parts.count == 2 else { return nil }
      guard let found = target == path ? self : page(target), found.anchors.contains(String(parts[1])) else {
        return "\(path) links to \(link), and \(target) has no such heading"
      }
      return nil
    }
  }

  /// A path relative to a file as one from the root.
  private static func path(_ relative: String, from file: String) -> String {
    var folders = file.split(separator: "/").dropLast()
    for part in relative.split(separator: "/") {
      if part == ".." { _ = folders.popLast() } else if part != "." { folders.append(part) }
    }
    return folders.joined(separator: "/")
  }
}
