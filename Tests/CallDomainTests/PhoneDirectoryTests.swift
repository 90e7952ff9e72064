import CallDomain
import TestSupport
import Testing

@Suite("PhoneDirectory, rule 4")
struct PhoneDirectoryTests {
  private let number = makeNumber("+34910000001")

  private func directory(_ rows: PhoneRow...) -> PhoneDirectory {
    PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1))
  }

  @Test("A number is found in whatever spelling it is listed")
  func spelling() {
    for text in ["+34910000001", "0034 910 000 001", " 34910000001\n", "sip:+34910000001@pbx.example"] {
      #expect(directory(makeRow(1, 7, number: text)).workspace(of: number) == WorkspaceID(7), "\(text)")
    }
    #expect(directory(makeRow(1, 7, number: "910000001")).workspace(of: number) == nil)
  }

  @Test("A number that is not listed has no workspace and no row")
  func notListed() {
    let other = directory(makeRow(1, 7, number: "+34910000002"))
    #expect(other.workspace(of: number) == nil)
    #expect(other.unclaimedRow(of: number) == nil)
  }

  @Test("Of several rows the primary one counts, whatever its workspace and id")
  func primaryFirst() {
    let rows = [makeRow(9, 1, isPrimary: true), makeRow(2, 7), makeRow(1, 8)]
    for rows in rows.permutations {
      #expect(
        PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1)).workspace(of: number) == WorkspaceID(1))
    }
  }

  @Test(
    "Of several rows that are all or none primary one of another workspace than the default counts",
    arguments: [true, false])
  func otherThanDefault(_ isPrimary: Bool) {
    let rows = [
      makeRow(1, 1, isPrimary: isPrimary), makeRow(9, 7, isPrimary: isPrimary),
      makeRow(2, 1, isPrimary: isPrimary),
    ]
    for rows in rows.permutations {
      #expect(
        PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1)).workspace(of: number) == WorkspaceID(7))
    }
  }

  @Test("Of several rows alike the lowest id counts")
  func lowestID() {
    for rows in [makeRow(12, 5), makeRow(3, 7), makeRow(100, 6)].permutations {
      #expect(
        PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1)).workspace(of: number) == WorkspaceID(7))
    }
  }

  @Test("The configured default workspace is the one that stands back, whatever its number")
  func configuredDefault() {
    let rows = [makeRow(1, 42), makeRow(2, 1)]
    let directory = PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(42))
    #expect(directory.workspace(of: number) == WorkspaceID(1))
  }

  @Test("A row without a workspace counts as not listed, and is the row to be given the default one")
  func withoutWorkspace() {
    let alone = directory(makeRow(5, nil, isPrimary: true), makeRow(4, nil))
    #expect(alone.workspace(of: number) == nil)
    #expect(alone.unclaimedRow(of: number) == 4)
    #expect(alone.count == 0)
  }

  @Test("A row without a workspace is left alone when the number is listed elsewhere")
  func withoutWorkspaceBeside() {
    let beside = directory(makeRow(1, nil, isPrimary: true), makeRow(2, 7))
    #expect(beside.workspace(of: number) == WorkspaceID(7))
    #expect(beside.unclaimedRow(of: number) == nil)
  }

  @Test("A withheld word in the directory is nobody's number")
  func withheld() {
    let rows = ["anonymous", "", "+266696687", "Restricted"].map {
      makeRow(1, 7, number: $0, isPrimary: true)
    }
    #expect(PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1)).count == 0)
  }

  @Test("Different numbers are counted, not rows")
  func count() {
    let directory = directory(
      makeRow(1, 7), makeRow(2, 8, number: "0034910000001"), makeRow(3, 7, number: "+34910000002"),
      makeRow(4, nil, number: "+34910000003"))
    #expect(directory.count == 2)
  }
}

/// A row of `workspace_phones`.
func makeRow(
  _ id: Int64, _ workspace: Int64?, number: String = "+34910000001", isPrimary: Bool = false
) -> PhoneRow {
  PhoneRow(id: id, workspace: workspace.map { WorkspaceID($0) }, number: number, isPrimary: isPrimary)
}

extension Array {
  /// The elements in every order.
  var permutations: [[Element]] {
    guard count > 1 else { return [self] }
    return indices.flatMap { place in
      var rest = self
      let element = rest.remove(at: place)
      return rest.permutations.map { [element] + $0 }
    }
  }
}
