import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync of a closed period whose stored next page is no longer good", .timeLimit(.minutes(10)))
struct StoredPageTests {
  private static let otherAccount = "AC" + String(repeating: "9", count: 32)

  /// Runs a test in which an earlier resync has stored its first page of two.
  private func withStoredPage(
    _ body: (Installation, _ arguments: [String]) async throws -> Void
  ) async throws {
    try await withHistory(calls: 1500) { installation in
      let arguments = HistorySite.closed(installation)
      try installation.simulation.setFaults("next/*:401")
      #expect(try await installation.resync(arguments).status == 1)
      #expect(try await installation.storedCalls() > 0)
      #expect(try await installation.value("SELECT next_page FROM sync_slices")?.isEmpty == false)
      try installation.simulation.setFaults("")
      try await body(installation, arguments)
    }
  }

  @Test(
    "A page that Twilio refuses has its slice begun anew, whatever it says",
    arguments: [
      "refused=400@70002", "refused=400@21481", "refused=400@20001", "refused=400", "refused=404@20404",
      "refused=404", "refused=410", "refused=400@20004",
    ])
  func refused(fault: String) async throws {
    try await withStoredPage { installation, arguments in
      let directory = try await installation.directory()
      try installation.simulation.setFaults("next/1:\(fault)")
      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == 1500)
      // The refused page, and the two of the slice.
      #expect(run.result.integer("twilioRequests") == 3)
      try await installation.expectHistory(directory)
    }
  }

  @Test(
    "A page that may not be asked, as one of another region, is not; its slice is begun anew",
    arguments: [
      "'https://api.dublin.ie1.twilio.com' || next_page", "replace(next_page, 'Calls.json', 'Calls.jsom')",
      "next_page || 'é'", "'x'",
    ])
  func notAsked(page: String) async throws {
    try await withStoredPage { installation, arguments in
      let directory = try await installation.directory()
      let changed = "UPDATE sync_slices SET next_page = \(page) WHERE next_page IS NOT NULL RETURNING 1"
      let before = installation.simulation.requests.count
      _ = try #require(
        try await installation.value("WITH changed AS (\(changed)) SELECT count(*) FROM changed"))
      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == 1500)
      #expect(installation.simulation.requests.count == before + 2)
      try await installation.expectHistory(directory)
    }
  }

  @Test(
    "Rows of the page before that it repeats are counted once, by the run that was cut off and the one that goes on"
  )
  func repeated() async throws {
    try await withStoredPage { installation, arguments in
      let directory = try await installation.directory()
      let before = try await installation.storedCalls()
      installation.simulation.options.repeatedRows = 100
      installation.simulation.options.insertedBetweenPages = 3
      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("twilioRequests") == 1)
      #expect(run.result.integer("totalCalls") == 1500)
      let stored = try await installation.expectHistory(directory)
      #expect(run.result.integer("savedCalls") == stored && before < stored)
    }
  }

  @Test("A page of another account is not asked for, and is named with both ways out")
  func otherAccount() async throws {
    try await withStoredPage { installation, arguments in
      let directory = try await installation.directory()
      let before = installation.simulation.requests.count
      let failed = try await installation.resync(
        arguments, changes: ["TWILIO_ACCOUNT_SID": Self.otherAccount])
      #expect(failed.status == 1)
      #expect(
        failed.errors.contains(
          "La página por la que se iba a seguir es de otra cuenta de Twilio y no se ha pedido. Vuelva a poner "
            + "en TWILIO_ACCOUNT_SID la cuenta de antes, o empiece de nuevo con «historical --restart»."),
        "\(failed.errors)")
      #expect(installation.simulation.requests.count == before)

      let run = try await installation.resync(arguments)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == 1500 && run.result.integer("twilioRequests") == 1)
      try await installation.expectHistory(directory)
    }
  }

  @Test("With the other account --restart begins there, and asks for no page of the one before")
  func anew() async throws {
    try await withStoredPage { installation, arguments in
      let before = installation.simulation.requests.count
      let failed = try await installation.resync(
        arguments + ["--restart"], changes: ["TWILIO_ACCOUNT_SID": Self.otherAccount])
      // The simulator has no such account.
      #expect(failed.status == 1 && failed.errors.contains("Twilio no acepta las credenciales"))
      let targets = installation.simulation.requests.dropFirst(before).map(\.target)
      #expect(!targets.isEmpty && targets.allSatisfy { $0.contains(Self.otherAccount) }, "\(targets)")
    }
  }
}
