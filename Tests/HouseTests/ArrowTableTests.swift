import Testing

@Suite("Arrows between the rooms")
struct ArrowTableTests {
  @Test("Every file of Sources, TestSupport and FuzzTargets imports only what its room may see")
  func importsFollowTheTable() throws {
    let files =
      try Repository.swiftFiles(under: "Sources") + Repository.swiftFiles(under: "Tests/TestSupport")
      + Repository.swiftFiles(under: "Tests/FuzzTargets")
    #expect(files.count > 15)
    // Only what supports tests may see the library of tests.
    let faults = files.flatMap { ArrowTable.house.faults(in: $0) }
      .filter { !($0.hasPrefix("Tests/TestSupport/") && $0.contains(" imports Testing,")) }
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test("The manifest declares exactly the arrows of the table")
  func manifestEqualsTable() throws {
    let differences = ArrowTable.house.differences(from: try Repository.text("Package.swift"))
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("Architecture.md shows exactly the arrows of the table")
  func pageEqualsTable() throws {
    let rooms = ArrowTable.house.arrows.filter { !["TestSupport", "FuzzTargets"].contains($0.key) }
    #expect(ArrowTable.arrows(ofPage: try Repository.page("Architecture")) == rooms)
  }

  @Test("The page's table is read from its section only, several rooms of a row each")
  func readsPage() {
    let page =
      "| X | Y |\n## Allowed arrows\n\n| room | may |\n|---|---|\n| A, b-c | nothing of ours |\n| D | A, E |\n\n| F | G |\n"
    #expect(ArrowTable.arrows(ofPage: page) == ["A": [], "b-c": [], "D": ["A", "E"]])
    #expect(ArrowTable.arrows(ofPage: "").isEmpty)
  }

  @Test(
    "An import the table does not allow is found in every form it can take",
    arguments: [
      "import Postgres", "package import Postgres", "internal import Postgres",
      "  import struct Postgres.Row",
      "@preconcurrency import Postgres", "@_spi(Inner) package import Postgres", "import NIOCore",
      "import Testing\nimport TwilioSync",
    ])
  func findsForeignImport(statement: String) {
    let file = SwiftFile(
      path: "Sources/SyncEngine/HourlySync.swift", text: "import CallDomain\n\(statement)\n")
    #expect(!ArrowTable.house.faults(in: file).isEmpty)
  }

  @Test(
    "An import that is allowed, commented out or in a string is no fault",
    arguments: [
      "package import CallDomain", "import Foundation", "// import Postgres", "/* \nimport Postgres */",
      "let text = \"\"\"\n  import Postgres\n  \"\"\"",
    ])
  func allowsImport(statement: String) {
    let file = SwiftFile(path: "Sources/SyncEngine/HourlySync.swift", text: statement)
    #expect(ArrowTable.house.faults(in: file).isEmpty)
  }

  @Test("A file outside every room is a fault")
  func findsUnknownRoom() {
    let file = SwiftFile(path: "Sources/Utilities/Helpers.swift", text: "")
    #expect(
      ArrowTable.house.faults(in: file) == ["Sources/Utilities/Helpers.swift: no such room in the table"])
  }

  @Test("Table and manifest are compared both ways")
  func findsDifferences() {
    let table = ArrowTable(arrows: ["A": [], "B": ["A"], "C": ["A"]])
    let manifest = """
      room("A"),
      room(
        "B", sees: [
          "A", "D",
        ]),
      program("d", sees: ["B"]),
      """
    #expect(
      table.differences(from: manifest) == [
        #"B sees ["A"] in the table and ["A", "D"] in the manifest"#,
        "C stands in the table and not in the manifest",
        "d stands in the manifest and not in the table",
      ])
  }
}
