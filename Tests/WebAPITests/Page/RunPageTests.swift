import CallDomain
import Testing
import WebAPI

@Suite("The page of a run")
struct RunPageTests {
  private func page(
    _ run: SyncRun, _ language: String, names: [WorkspaceID: String] = [:]
  ) async throws -> Answer {
    var figures = PageFigures()
    figures.names = names
    let service = RecordedService(recorded: .success([run]), figures: .success(figures))
    let client = HandlerClient(routes: service.makeRoutes())
    return try await client.ask("GET", "/runs/\(run.id.number)?lang=\(language)")
  }

  @Test(
    "What it moved stands in a table: by month, number and workspaces, currencies apart",
    arguments: ["es", "en"])
  func moves(language: String) async throws {
    let answer = try await page(makeMovingRun(), language)
    #expect(answer.status == 200)
    for part in ["2025-10", "+34911679868", "0.90 EUR + 0.40300 USD", "1\u{202F}234"] {
      #expect(answer.body.contains(part), "\(part)")
    }
    #expect(
      answer.body.contains(
        language == "es" ? "<h2 id=\"moves\">Reasignadas</h2>" : "<h2 id=\"moves\">Moved</h2>"))
    #expect(!answer.body.contains(language == "es" ? "Moved" : "Reasignadas"))
    #expect(try await !page(makeRun(), language).body.contains("Month (UTC)"))
  }

  @Test("Numbers and workspaces of what it moved lead to their calls, workspaces by their names")
  func links() async throws {
    let answer = try await page(makeMovingRun(), "en", names: [WorkspaceID(4): "Acme <b>"])
    for part in [
      #"<a href="/calls?number=%2B34911679868&amp;lang=en"><bdi>+34911679868</bdi></a>"#,
      #"<a href="/calls?workspace=4&amp;lang=en"><bdi>4 · Acme &lt;b&gt;</bdi></a>"#,
      #"<a href="/calls?workspace=1&amp;lang=en"><bdi>1</bdi></a>"#,
    ] { #expect(answer.body.contains(part), "\(answer.body)") }
  }

  @Test("A rehearsal is called one, and says what would be", arguments: ["es", "en"])
  func rehearsal(language: String) async throws {
    let body = try await page(makeMovingRun(isRehearsal: true), language).body
    let words =
      language == "es"
      ? ["Ejecución reasignación (ensayo) 7", "Se reasignarían"]
      : ["Run 7, reattribution (rehearsal)", "Would be moved", "Would move"]
    for word in words { #expect(body.contains(word), "\(word)") }
    for word in ["Reasignadas", "Cambiaron", ">Moved<"] { #expect(!body.contains(word), "\(word)") }
  }

  @Test("Of thousands of sums the page shows the first, and says where the others are")
  func many() async throws {
    let body = try await page(makeMovingRun(sums: 1500), "es").body
    #expect(body.contains("Y 1\u{202F}300 más, en /api/sync-runs/7."))
    #expect(body.utf8.count < 100_000)
  }
}
