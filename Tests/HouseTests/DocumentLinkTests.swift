import Testing

@Suite("Links of the documents")
struct DocumentLinkTests {
  private static func pages() throws -> [String: MarkdownPage] {
    let paths = try Repository.paths().filter { $0.hasSuffix(".md") }
    return Dictionary(
      try paths.map { ($0, MarkdownPage(path: $0, text: try Repository.text($0))) },
      uniquingKeysWith: { first, _ in first })
  }

  @Test("Every relative link of every page leads to a file and a heading that exist")
  func links() throws {
    let pages = try Self.pages()
    #expect(pages.count >= 10)
    #expect(pages.values.flatMap(\.links).count > 100)
    let faults = pages.values.flatMap { $0.faults(page: { pages[$0] }, exists: Repository.exists) }.sorted()
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test("README leads to every other page")
  func readme() throws {
    let pages = try Self.pages()
    let readme = try #require(pages["README.md"])
    let linked = Set(readme.links.map { String($0.prefix { $0 != "#" }) })
    #expect(Set(pages.keys).subtracting(linked) == ["README.md"])
  }

  @Test("Every page of the catalogue that code or a script names exists, and has the heading")
  func named() throws {
    let pages = try Self.pages()
    let catalogue = /(\w+)\.md(?:#([\w-]+)|`?, "([^"\n]+)")?/
    let names = Set(
      pages.keys.filter { $0.contains(".docc/") }.compactMap { $0.split(separator: "/").last?.dropLast(3) })
    var found = 0
    let paths = try Repository.paths().filter {
      !$0.hasSuffix(".md") && !$0.contains("/Corpus/") && !$0.hasPrefix("Tests/HouseTests/")
    }
    for path in paths + [".env.example"] {
      guard let text = try? Repository.text(path) else { continue }
      for match in text.matches(of: catalogue) where names.contains(match.1) {
        found += 1
        let page = try #require(pages["Sources/Bootstrap/Documentation.docc/\(match.1).md"])
        if let anchor = match.2 { #expect(page.anchors.contains(String(anchor)), "\(path): \(match.0)") }
        if let heading = match.3 { #expect(page.headings.contains(String(heading)), "\(path): \(match.0)") }
      }
    }
    #expect(found > 3)
  }

  @Test("Headings are addressed as GitHub does, a repeated one with a number, none of a block of code")
  func anchors() {
    let page = MarkdownPage(
      path: "a.md", text: "# One, `two_3`: año\n```\n# no\n```\n## Four\n  ```bash\n# no\n  ```\n## Four\n")
    #expect(page.anchors == ["one-two_3-año", "four", "four-1"])
    #expect(page.headings == ["One, two_3: año", "Four", "Four"])
  }

  @Test("A link to a missing file or heading is found; one in code or to another host is not looked at")
  func faults() {
    let other = MarkdownPage(path: "docs/b.md", text: "## There\n")
    let page = MarkdownPage(
      path: "docs/sub/a.md",
      text: """
        # Here
        [1](#here) [2](../b.md#there) [3](../b.md) [`4`](https://example.com/#no) `[5](none.md)` ![6](p.png)
        ```
        [7](none.md)
        ```
        [8](#nowhere) [9](../b.md#nowhere) [10](b.md) <img src="none.png">
        """)
    let faults = page.faults(
      page: { $0 == other.path ? other : nil },
      exists: { ["docs/sub/a.md", "docs/b.md", "docs/sub/p.png"].contains($0) })
    #expect(
      faults == [
        "docs/sub/a.md links to #nowhere, and docs/sub/a.md has no such heading",
        "docs/sub/a.md links to ../b.md#nowhere, and docs/b.md has no such heading",
        "docs/sub/a.md links to b.md, and there is no docs/sub/b.md",
        "docs/sub/a.md links to none.png, and there is no docs/sub/none.png",
      ])
  }
}
