import TestSupport
import Testing

@testable import CallDomain

@Suite("The directory of numbers as it is listed")
struct ListedPhoneTests {
  private func phones(
    _ rows: [(Int64, Int64?, String, Bool)], called: [String] = [], workspaces: [(Int64, String)] = []
  ) -> [ListedPhone] {
    var facts = DirectoryFacts()
    facts.rows = rows.map { id, workspace, number, isPrimary in
      PhoneRow(id: id, workspace: workspace.map(WorkspaceID.init), number: number, isPrimary: isPrimary)
    }
    facts.names = [WorkspaceID(4): "Acme"]
    for number in called {
      facts.activity[makeNumber(number), default: PhoneActivity()].firstCall = .epoch
    }
    facts.numbersOfWorkspaces = workspaces.map {
      Inspection.Listing(number: makeNumber($0.1), workspace: WorkspaceID($0.0))
    }
    return facts.phones(defaultWorkspace: WorkspaceID(1))
  }

  @Test("Each code of what is odd, with what mends it")
  func odd() {
    let good = phones([(1, 4, "+34910000001", false)], called: ["+34910000001"])
    #expect(good.map(\.odd) == [[]] && good[0].whatToDo().isEmpty && good[0].workspaceName == "Acme")

    let brought = phones([(1, 1, "+34910000001", false)], called: ["+34910000001"])
    #expect(brought.map(\.odd) == [[.unassigned]])
    #expect(
      brought[0].whatToDo() == ["Si es de un cliente: «twilio-sync phones assign +34910000001 WORKSPACE»."])
    let known = phones(
      [(1, 1, "+34910000001", false)], called: ["+34910000001"],
      workspaces: [(1, "+34910000001"), (4, "+34910000001")])
    #expect(known.map(\.odd) == [[.unassigned]] && known[0].workspace == WorkspaceID(1))
    #expect(known[0].whatToDo() == ["Si es de un cliente: «twilio-sync phones assign +34910000001 4»."])
    #expect(phones([(1, 1, "+34910000001", true)], called: ["+34910000001"]).map(\.odd) == [[]])
    #expect(phones([(1, nil, "+34910000001", true)]).map(\.odd) == [[.neverCalled]])

    let silent = phones([(1, 4, "+34910000001", false)])
    #expect(silent.map(\.odd) == [[.neverCalled]] && silent[0].whatToDo().isEmpty)

    let twins = phones(
      [(1, 1, "+34910000001", false), (2, 5, "+34910000001", false), (3, 4, "+34910000001", true)],
      called: ["+34910000001"])
    #expect(twins.map(\.odd) == [[.severalWorkspaces]])
    #expect(twins[0].rows.map(\.id) == [3, 2, 1] && twins[0].workspace == WorkspaceID(4))
    #expect(
      twins[0].whatToDo() == [
        "Como dueño de las tablas: DELETE FROM workspace_phones WHERE id IN (1, 2);"
      ])

    let spelled = phones(
      [(1, 4, "0034910000001", false), (2, 4, "34 910000001", false)], called: ["+34910000001"])
    #expect(spelled.map(\.odd) == [[.notCanonical]] && spelled.map(\.number) == ["+34910000001"])
    #expect(
      spelled[0].whatToDo { _, english in english } == [
        "As the tables' owner: DELETE FROM workspace_phones WHERE id = 2; "
          + "UPDATE workspace_phones SET phone_number = '+34910000001' WHERE id = 1;"
      ])

    let alone = phones([], workspaces: [(4, "+34910000001")])
    #expect(alone.map(\.odd) == [[.neverCalled, .onlyInWorkspaces]] && alone[0].rows.isEmpty)
    #expect(alone[0].workspace == WorkspaceID(4))
    #expect(alone[0].whatToDo() == ["Si es de un cliente: «twilio-sync phones assign +34910000001 4»."])
  }

  @Test("What is no number is listed as it is written, and each row by itself")
  func noNumber() {
    let list = phones([(1, 4, "", false), (2, 4, "anonymous", false), (3, 5, "911679868", false)])
    #expect(list.map(\.number) == ["", "911679868", "anonymous"])
    #expect(list.allSatisfy { $0.odd == [.neverCalled, .notCanonical] })
    #expect(list[0].whatToDo() == ["Complete o borre la fila 1: no es un número."])
    #expect(list[1].whatToDo() == ["Complete o borre la fila 3: le falta el prefijo de su país (como +34)."])
  }

  @Test(
    "Numbers that calls brought are not odd for their form",
    arguments: ["client:ana", "sip:1@a.example", "112", "911679868"])
  func brought(number: String) {
    #expect(phones([(1, 1, number, false)], called: [number]).map(\.odd) == [[.unassigned]])
  }

  @Test("A number has the keys of the promise, in their order")
  func answer() {
    var phone = phones([(7, 4, "+34 910000001", true)])[0]
    phone.activity.calls = 2
    phone.activity.cost = [MoveSum.Cost(priceUnit: "USD", sum: "0.10")]
    phone.activity.lastCall = .epoch
    #expect(
      [phone].answer.json
        == #"{"phones":[{"number":"+34910000001","rows":[{"id":7,"written":"+34 910000001","workspace":4,"#
        + #""isPrimary":true}],"workspace":4,"workspaceName":"Acme","firstCall":null,"#
        + #""lastCall":"1970-01-01T00:00:00.000Z","calls30":2,"cost30":[{"priceUnit":"USD","sum":"0.10"}],"#
        + #""odd":["never_called","not_canonical"]}]}"#)
  }
}
