import Testing

@Suite("Arrows between the rooms")
struct ArrowTableTests {
  @Test("Architecture.md shows exactly the arrows that the manifest declares")
  func pageEqualsManifest() throws {
    let declared = ArrowTable.arrows(ofManifest: try Repository.text("Package.swift"))
    #expect(declared.count > 15)
    #expect(ArrowTable.arrows(ofPage: try Repository.page("Architecture")) == declared)
  }

  @Test("Every build of the tests has the compiler refuse an import that the manifest does not declare")
  func compilerHoldsArrows() throws {
    #expect(try Repository.text("scripts/test").contains("--explicit-target-dependency-import-check error"))
  }

  @Test("The page's table is read from its section only, several rooms of a row each")
  func readsPage() {
    let page =
      "| X | Y |\n## Allowed arrows\n\n| room | may |\n|---|---|\n| A, b-c | nothing of ours |\n| D | A, E |\n\n| F | G |\n"
    #expect(ArrowTable.arrows(ofPage: page) == ["A": [], "b-c": [], "D": ["A", "E"]])
    #expect(ArrowTable.arrows(ofPage: "").isEmpty)
  }

  @Test("The manifest's rooms and programs are read with what they see")
  func readsManifest() {
    let manifest = """
      room("A"),
      room(
        "B", sees: [
          "A", "D",
        ]),
      program("d", sees: ["B"]),
      """
    #expect(ArrowTable.arrows(ofManifest: manifest) == ["A": [], "B": ["A", "D"], "d": ["B"]])
  }
}
