import Foundation
import TestSupport
import Testing
import TwilioSimulator

@Suite("A role from which row level security hides rows", .timeLimit(.minutes(5)))
struct HiddenRowsTests {
  struct Kind: Sendable, CustomTestStringConvertible {
    let command: String
    let route: String

    var testDescription: String { command }
  }

  static let kinds = [
    Kind(command: "hourly", route: "/api/sync-twilio-hourly"),
    Kind(command: "historical", route: "/api/resync-twilio-historical"),
    Kind(command: "reattribute", route: "/api/reattribute"),
  ]

  /// How an administrator comes to hide rows, and of which table.
  static let mistakes: [(table: String, statements: [String])] = [
    // No policy is left that shows the directory: every number would be unknown.
    (
      "workspace_phones",
      [
        "ALTER TABLE workspace_phones FORCE ROW LEVEL SECURITY",
        "DROP POLICY IF EXISTS \(TestCluster.role) ON workspace_phones",
      ]
    ),
    // A policy of the public interface that shows a tenant's calls only.
    (
      "calls",
      [
        "ALTER TABLE calls FORCE ROW LEVEL SECURITY",
        "CREATE POLICY tenants ON calls AS RESTRICTIVE USING (workspace_id = 4)",
      ]
    ),
  ]

  @Test("Every run fails with a sentence, by HTTP and as a command, and nothing is asked, stored or recorded")
  func everyRun() async throws {
    for (table, statements) in Self.mistakes {
      try await withInstallation { installation in
        installation.simulation.put(TestCalls.settled(3, now: installation.simulation.now))
        for statement in statements { try await installation.sql(statement) }
        let service = try await installation.serve()
        for kind in Self.kinds {
          try await expectRefused(kind, table, service, installation)
        }
        let ready = try await service.askOpenly("GET", "/ready")
        #expect(ready.status == 503 && ready.text("database") == "hidden-rows")
        #expect(installation.simulation.requests.isEmpty)
        #expect(try await installation.runStates().isEmpty)
        #expect(try await installation.storedCalls() == 0)
        let added = try await installation.value("SELECT count(*) FROM workspace_phones")
        #expect(added == "0")
      }
    }
  }

  private func expectRefused(
    _ kind: Kind, _ table: String, _ service: LiveService, _ installation: Installation
  ) async throws {
    let sentence = "La seguridad a nivel de fila puede ocultar filas de \(table) al usuario"
    let answer = try await service.ask("POST", kind.route)
    #expect(answer.status == 503)
    #expect(answer.text("error")?.hasPrefix(sentence) == true)
    for headers in [["Prefer: respond-async"], ["Accept: application/x-ndjson"]] {
      #expect(try await service.ask("POST", kind.route, headers: headers).status == 503)
    }
    let command = try await installation.run(kind.command)
    #expect(command.status == 1)
    #expect(command.errors.contains(sentence))
    let json = try await installation.run(kind.command, "--json")
    #expect(json.status == 1)
    #expect(JSONText(json.output).text("error")?.hasPrefix(sentence) == true)
  }
}
