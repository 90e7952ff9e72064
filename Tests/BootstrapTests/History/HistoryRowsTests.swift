import CallDomain
import TestSupport
import Testing
import TwilioSimulator

@Suite("A resync of the whole history", .timeLimit(.minutes(30)))
struct HistoryRowsTests {
  @Test("stores every call as Twilio tells it and the plain model attributes it; again it writes nothing")
  func everything() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      let run = try await installation.resync()
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.result.text("message") == "Resincronización histórica completada")
      #expect(run.result.object("period")?["start"] == "2025-08-01T00:00:00.000Z")
      #expect(!run.isContinued)
      try await expectWhole(run, installation, directory, calls: HistorySite.calls)
      #expect(run.result.integer("createdPhones") == HistorySite.unlisted.count)

      let rows = "SELECT id || ' ' || xmin || ' ' || ctid FROM calls ORDER BY id"
      let before = try await installation.column(rows)
      let again = try await installation.resync()
      #expect(again.status == 0 && !again.isContinued)
      #expect(again.result.integer("totalCalls") == HistorySite.calls)
      #expect(try await installation.column(rows) == before)
    }
  }

  @Test("comes to the same rows from a Twilio that throttles, breaks, stalls and repeats itself")
  func faults() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      // Few enough that pages of 50, to which these faults may lead, bring more new calls than old ones.
      installation.simulation.options.repeatedRows = 20
      installation.simulation.options.insertedBetweenPages = 2
      let stalls = ChaosProfile.isLong ? "20:stall; 60:stall-body; 2%:429=1;" : ""
      try installation.simulation.setFaults(
        """
        3:429=1; 4-5:429; 6:reset; 7:500; 8:html; 9:truncated; 10:503; 11:latency=700; 12:empty; 13:429=1; \
        \(stalls) 15%:429; 5%:reset; 5%:500; 3%:malformed; 10%:latency=300
        """)
      let run = try await installation.resync()
      #expect(run.status == 0, "\(run.errors)")
      let statuses = installation.simulation.requests.map(\.status)
      #expect(Set([0, 429, 500, 502, 503]).isSubset(of: statuses))
      let inserted = try await installation.value(
        "SELECT count(*) FROM calls WHERE call_date > clock_timestamp() - interval '1 day'")
      let late = try #require(inserted.flatMap { Int($0) })
      try await expectWhole(run, installation, directory, calls: HistorySite.calls + late)
      print("faults: \(statuses.count) requests, \(statuses.count { $0 != 200 }) of them refused or broken")
    }
  }

  @Test("is complete where Twilio takes bounds for whole days")
  func wholeDays() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      installation.simulation.options.precision = .day
      let run = try await installation.resync()
      #expect(run.status == 0, "\(run.errors)")
      try await expectWhole(run, installation, directory, calls: HistorySite.calls)
    }
  }

  @Test("begins where Twilio's retention lets it, says so, and succeeds")
  func retention() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      installation.simulation.options.retentionDays = 100
      let bound = installation.simulation.now.adding(hours: -100 * 24)
      let run = try await installation.resync()
      #expect(run.status == 0, "\(run.errors)")
      let text = try #require(run.result.object("period")?["start"])
      let start = try #require(Timestamp(filterText: text))
      #expect(start == bound.startOfDay.adding(hours: 24))
      #expect(
        run.errors.contains("⚠️ Twilio ya no conserva llamadas anteriores: el histórico empieza el \(text)"))
      let since = HistorySite.start.iso8601
      #expect(
        run.errors.contains(
          "⚠️ Twilio ya no conserva \(since) - \(text) y ninguna ejecución lo leyó: esas llamadas están perdidas"
        ))
      #expect(run.errors.split(separator: "\n").count { $0.contains("ya no conserva") } == 2)
      let stored = try await installation.expectHistory(directory, from: start)
      #expect(run.result.integer("savedCalls") == stored)
    }
  }

  @Test("fails where Twilio says of what lies behind an answered page that it is too old, and loses nothing")
  func impossibleRetention() async throws {
    try await withHistory { installation in
      let directory = try await installation.directory()
      let arguments = HistorySite.closed(installation)
      // One after the other. What was answered first, the newest page, was asked for from the history's start.
      let changes: [String: String?] = ["TWILIO_CONCURRENCY": "1"]
      for faults in ["list/2-:refused=400@20004", "next/*:refused=400@20004"] {
        try installation.simulation.setFaults(faults)
        let before = installation.simulation.requests.count
        let run = try await installation.resync(arguments, changes: changes)
        #expect(
          run.status == 1 && run.output.contains("Twilio ya no guarda llamadas tan antiguas"), "\(run.output)"
        )
        #expect(run.errors.contains("Resincronización histórica fallida") && !run.errors.contains("perdidas"))
        let refused = installation.simulation.requests.dropFirst(before).last { $0.status == 400 }
        #expect(refused?.target.contains("PageToken") == faults.hasPrefix("next"))
        #expect(try await installation.value("SELECT count(*) FROM sync_holes") == "0")
      }
      try installation.simulation.setFaults("")
      let run = try await installation.resync(arguments, changes: changes)
      #expect(run.status == 0 && run.isContinued, "\(run.errors)")
      #expect(run.result.integer("totalCalls") == HistorySite.calls)
      try await installation.expectHistory(directory)
    }
  }

  /// Rows, numbers and what the run said of them.
  private func expectWhole(
    _ run: Resync, _ installation: Installation, _ directory: [PhoneRow], calls: Int
  ) async throws {
    let requests = installation.simulation.requests.count
    let stored = try await installation.expectHistory(directory)
    #expect(run.result.integer("totalCalls") == calls)
    #expect(run.result.integer("savedCalls") == stored)
    #expect(run.result.integer("skippedCalls") == calls - stored)
    // A request whose connection turns out to be dead is sent again by libcurl itself.
    let resets = installation.simulation.requests.count { $0.status == 0 }
    let counted = try #require(run.result.integer("twilioRequests"))
    #expect((requests - resets...requests).contains(counted))
    let unmatched = try await installation.value(
      "SELECT count(*) FROM calls WHERE direction = 'trunking-originating' AND phone_number IS NULL")
    #expect(run.result.integer("unmatchedCalls").map { "\($0)" } == unmatched)
    print("history: \(calls) calls, \(stored) rows equal, \(requests) requests")
  }
}
