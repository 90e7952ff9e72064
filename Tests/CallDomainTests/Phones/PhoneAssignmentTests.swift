import TestSupport
import Testing

@testable import CallDomain

@Suite("What gives a number to a workspace")
struct PhoneAssignmentTests {
  private static let number = makeNumber("+34910000001")

  private func assignment(to workspace: Int64, number: PhoneNumber = number) -> PhoneAssignment {
    PhoneAssignment(
      number: number, workspace: WorkspaceID(workspace), movesPast: false, isRehearsal: false)
  }

  private func row(
    _ id: Int64, _ workspace: Int64?, _ written: String = "+34910000001", primary: Bool = false
  )
    -> PhoneRow
  {
    PhoneRow(id: id, workspace: workspace.map(WorkspaceID.init), number: written, isPrimary: primary)
  }

  private func change(_ rows: [PhoneRow], to workspace: Int64) -> DirectoryChange {
    DirectoryChange(assignment(to: workspace), rows: rows, defaultWorkspace: WorkspaceID(1))
  }

  @Test("A missing row is made, and one that is there, came by itself or has no workspace gets it")
  func steps() {
    #expect(change([row(9, 5, "+34910000002")], to: 4).step == .insert)
    for old in [row(3, 5), row(3, 1), row(3, nil), row(3, 5, "0034 910 000 001")] {
      let change = change([old], to: 4)
      #expect(change.step == .update(row: 3) && change.rowsInTheWay.isEmpty)
    }
    #expect(change([row(3, 4)], to: 4).step == .none)
    #expect(change([row(3, 4), row(4, 5)], to: 4).step == .none)
  }

  @Test("Of twin rows the one that counts is changed; rows that would count then are in the way")
  func twins() {
    // A primary one stays the first.
    let primary = change([row(3, 5, primary: true), row(4, 6)], to: 1)
    #expect(primary.step == .update(row: 3) && primary.rowsInTheWay.isEmpty)
    // The default workspace comes after every other.
    let last = change([row(3, 5), row(4, 6), row(5, 1), row(6, nil)], to: 1)
    #expect(last.step == .update(row: 3) && last.rowsInTheWay == [4])
    let directory = PhoneDirectory(rows: last.rows, defaultWorkspace: WorkspaceID(1))
    #expect(directory.workspace(of: Self.number) == WorkspaceID(1))
    // Whose number it would be in any case is in nobody's way.
    #expect(change([row(5, 6), row(4, 1)], to: 1).rowsInTheWay.isEmpty)
    #expect(change([row(3, 5), row(4, 4)], to: 4).rowsOfKey == [4])
    #expect(change([row(3, 5, primary: true)], to: 4).rowsOfKey == [3])
  }

  @Test("Whatever the rows, afterwards the number is the workspace's, and no other number changes hands")
  func property() throws {
    try forEachSeed(200) { random in
      let spellings = ["+34910000001", "0034910000001", "+34 910 000 001", "+34910000002", "x"]
      let rows = (1...Int64(random.number(in: 1...6))).map { id in
        row(
          id, random.one(of: nil, 1, 4, 5, 6), random.element(of: spellings) ?? "x",
          primary: random.chance(20))
      }
      let target = Int64(random.number(in: 1...6))
      let change = change(rows, to: target)
      let (before, after) = (
        PhoneDirectory(rows: rows, defaultWorkspace: WorkspaceID(1)),
        PhoneDirectory(rows: change.rows, defaultWorkspace: WorkspaceID(1))
      )
      try #require(after.workspace(of: Self.number) == WorkspaceID(target))
      let other = makeNumber("+34910000002")
      try #require(before.workspace(of: other) == after.workspace(of: other))
    }
  }

  @Test(
    "A number that no call can have is none to assign",
    arguments: ["911679868", "2025550142", "abc", "+0911679868", "+34911679868123456"])
  func impossible(written: String) throws {
    let assignment = assignment(to: 4, number: try #require(PhoneNumber(listed: written)))
    #expect(assignment.fault?.kind == .badParameter)
  }

  @Test(
    "What calls have can be assigned",
    arguments: [
      "+34911679868", "+34 (0)911 679 868", "112", "client:ana", "sip:1001@a.example",
      "sip:a-very-long-name-indeed@pbx.example",
    ])
  func possible(written: String) throws {
    #expect(
      assignment(to: 4, number: try #require(PhoneNumber(listed: written))).fault == nil)
  }

  @Test("Calls of earlier months are past where they leave a workspace other than the default one")
  func past() {
    func sum(_ month: String?, from: Int64?) -> MoveSum {
      MoveSum(
        month: month, number: nil, from: from.map(WorkspaceID.init), to: WorkspaceID(4), calls: 1, minutes: 1,
        cost: [])
    }
    func isPast(_ sums: [MoveSum]) -> Bool {
      sums.changesPast(now: makeTime("2026-03-01T00:00:00Z"), defaultWorkspace: WorkspaceID(1))
    }
    #expect(isPast([sum("2026-03", from: 5), sum("2026-02", from: 5)]))
    #expect(
      !isPast([
        sum("2026-03", from: 5), sum("2026-02", from: 1), sum("2026-02", from: nil), sum(nil, from: 5),
      ]))
  }

  @Test(
    "A number is one word to a shell",
    arguments: [
      ("+34911679868", "+34911679868"), ("sip:pbx@acme.example", "sip:pbx@acme.example"), ("a b", "'a b'"),
      ("$(x)'y", "'$(x)'\\''y'"), ("", "''"), ("a'\u{301};x;'", "'a'\\''\u{301};x;'\\'''"),
    ])
  func words(number: String, word: String) {
    #expect(PhoneAssignment.argument(number) == word)
  }
}
