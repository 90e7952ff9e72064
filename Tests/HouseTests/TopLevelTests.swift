import Testing

@Suite("The repository's folders")
struct TopLevelTests {
  @Test("The top folder holds nothing but what belongs there")
  func noStrangers() throws {
    let strangers = TopLevel.strangers(
      names: try Repository.names(in: ""), gitIgnore: try Repository.text(".gitignore"))
    #expect(strangers.isEmpty)
  }

  @Test("A file that does not belong to the top folder is found")
  func findsStranger() {
    let names = ["Package.swift", "Package.resolved", "notes.md", ".env", "docs"]
    #expect(
      TopLevel.strangers(names: names, gitIgnore: ".build/\nPackage.resolved\n") == ["notes.md", "docs"])
  }

  @Test("Architecture.md lists exactly the folders of Sources")
  func pageListsSources() throws {
    let listed = TopLevel.sourceFolders(inPage: try Repository.page("Architecture"))
    #expect(listed == (try Repository.folders(in: "Sources")))
  }

  @Test("The list is read from its section only, up to the next folder of the tree")
  func readsTree() {
    let page = """
      Sources/
        Wrong/  not here

      ## The rooms

      Sources/
        B/        second
        a-tool/   first
      Tests/
        C/        no source
      """
    #expect(TopLevel.sourceFolders(inPage: page) == ["B", "a-tool"])
    #expect(TopLevel.sourceFolders(inPage: "").isEmpty)
  }
}
