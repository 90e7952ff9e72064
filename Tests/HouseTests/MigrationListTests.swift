import Testing

@Suite("Migrations")
struct MigrationListTests {
  @Test("Every file in the folder is listed, and every listed one is there")
  func listEqualsFolder() throws {
    let names = try Repository.names(in: "Sources/CallStore/Migrations")
    let list = SwiftFile(
      path: "Sources/CallStore/Migrations.swift",
      text: try Repository.text("Sources/CallStore/Migrations.swift"))
    let faults = MigrationList.faults(fileNames: names, list: list.code)
    #expect(names.contains("0001_tables.sql"))
    #expect(faults.isEmpty, "\(faults.joined(separator: "\n"))")
  }

  @Test(
    "A difference either way, a missing and a repeated number are found",
    arguments: [
      (
        ["0001_calls.sql", "0002_runs.sql"], "PackageResources._001_calls_sql",
        "_002_runs_sql lies in the folder and is not listed"
      ),
      (["0001_calls.sql"], "_001_calls_sql, _002_runs_sql", "_002_runs_sql is listed and has no file"),
      (["0000_a.sql"], "_000_a_sql", "0000_a.sql should begin with a number above 0"),
      (
        ["0001_a.sql", "0001_b.sql"], "_001_a_sql, _001_b_sql",
        "0001_b.sql should begin with a number above 1"
      ),
    ])
  func findsDifference(files: [String], list: String, fault: String) {
    #expect(MigrationList.faults(fileNames: files, list: list) == [fault])
  }

  @Test("A list that agrees with its folder has no fault")
  func acceptsAgreement() {
    let list = ".init(1, PackageResources._001_calls_sql), .init(2, PackageResources._002_late_facts_sql)"
    #expect(MigrationList.faults(fileNames: ["0001_calls.sql", "0002_late-facts.sql"], list: list).isEmpty)
  }
}
