import Testing

@Suite("The variables of the environment")
struct EnvironmentExampleTests {
  @Test(".env.example and README name exactly the variables of Reference.md, each of which the program reads")
  func sameNames() throws {
    let example = EnvironmentExample.names(inExample: try Repository.text(".env.example"))
    let table = EnvironmentExample.names(inReference: try Repository.page("Reference"))
    #expect(table.count > 20)
    #expect(Set(example).count == example.count, "a variable stands there twice")
    #expect(Set(example) == table)
    #expect(EnvironmentExample.names(inReadme: try Repository.text("README.md")) == table)
    let sources = try Repository.swiftFiles(under: "Sources/Bootstrap")
    let read = EnvironmentExample.namesRead(in: sources)
    #expect(table.subtracting(read) == [])
    #expect(read.subtracting(table) == [])
  }

  @Test("Names are read from assignments, from the first column and from quoted words")
  func readsNames() {
    #expect(EnvironmentExample.names(inExample: "# Not A=1\nA_B=\n#C=1 # D=2\n") == ["A_B", "C"])
    let page =
      "| `X_Y` | |\n## Settings\n| variable |\n| `A` + `B_C`, or `D` | `E_F` | |\n## Next\n| `G` | |\n"
    #expect(EnvironmentExample.names(inReference: page) == ["A", "B_C", "D"])
    #expect(EnvironmentExample.names(inReadme: page) == ["A", "B_C", "D", "E_F"])
    let file = SwiftFile(
      path: "a.swift",
      text:
        #"settings.text("A_B") + settings.flag("PORT", default: true); callerSecrets = ["C", "D_E"]; x = ["F"]"#
    )
    #expect(EnvironmentExample.namesRead(in: [file]) == ["A_B", "PORT", "C", "D_E"])
  }
}
