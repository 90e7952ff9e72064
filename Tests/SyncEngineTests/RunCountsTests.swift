import CallDomain
import SyncEngine
import TestSupport
import Testing

@Suite("What an hourly run counts")
struct RunCountsTests {
  private func outcome(
    changed: [Int] = [], matched: [Int] = [], unmatched: [Int] = [], phones: Int = 0, reattributed: [Int] = []
  ) -> PageOutcome {
    var outcome = PageOutcome()
    outcome.changed = Set(changed.map { makeSID($0) })
    for number in matched { outcome.transfers[makeSID(number)] = true }
    for number in unmatched { outcome.transfers[makeSID(number)] = false }
    outcome.createdPhones = phones
    outcome.moves = reattributed.map { makeMove($0) }
    return outcome
  }

  @Test("Every case, the directions that are not stored, and their sums")
  func cases() async throws {
    let directions: [CallDirection] = [
      .outboundAPI, .outboundAPI, .outboundAPI, .trunkingTerminating, .trunkingTerminating,
      .trunkingOriginating, .inbound, .outboundDial, .other("new"),
    ]
    let bench = EngineBench {
      $0.calls = directions.enumerated().map {
        makeCompleted($0.offset + 1, startedAt: at("11:00"), direction: $0.element)
      }
    }
    let counts = try await bench.run().get().counts
    #expect([counts.case1Count, counts.case2Count, counts.case3Count, counts.skippedCalls] == [3, 2, 1, 3])
    #expect(counts.totalCalls == 9)
    #expect(counts.savedCalls == 6)
    #expect(counts.refreshedCalls == 0)
  }

  @Test("A call that stands on two pages, or in both listings, counts once")
  func duplicates() async throws {
    let calls = (1...4).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
    let bench = EngineBench {
      $0.calls = calls + [calls[1], calls[2]]
      $0.pageSize = 2
    }
    // The account lists two calls twice: 4 3 | 3 2 | 2 1.
    let counts = try await bench.run().get().counts
    #expect(counts.totalCalls == 4)
    #expect(counts.savedCalls == 4)
    #expect(counts.case1Count == 4)
  }

  @Test("A transfer without a related call that a later page brings is unmatched no more")
  func laterMatch() async throws {
    let outcomes = [
      outcome(changed: [3, 4], unmatched: [3, 4], phones: 1),
      outcome(changed: [1, 2, 3], matched: [3], phones: 2, reattributed: [3]),
    ]
    let bench = EngineBench {
      $0.calls = (1...4).map {
        makeCompleted(
          $0, startedAt: at("11:0\($0)"), direction: $0 > 2 ? .trunkingOriginating : .outboundAPI)
      }
      $0.pageSize = 2
      $0.outcome = { number, _ in outcomes[number - 1] }
    }
    let counts = try await bench.run().get().counts
    #expect(counts.unmatchedCalls == 1)
    #expect(counts.createdPhones == 3)
    #expect(counts.reattributedCalls == 1)
    #expect(counts.refreshedCalls == 0)
  }

  @Test("Rows outside the period that changed are refreshed, each once; their transfers are not unmatched")
  func refreshed() async throws {
    let outcomes = [
      outcome(changed: [2, 50, 51], unmatched: [50], reattributed: [50, 51]),
      outcome(changed: [1, 50], matched: [51], reattributed: [50]),
    ]
    let bench = EngineBench {
      $0.calls = (1...2).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
      $0.pageSize = 1
      $0.outcome = { number, _ in outcomes[number - 1] }
    }
    let counts = try await bench.run().get().counts
    #expect(counts.refreshedCalls == 2)
    #expect(counts.unmatchedCalls == 0)
    #expect(counts.reattributedCalls == 2)
  }

  @Test("Rows that were stored already are saved, whether rewritten or not")
  func unchanged() async throws {
    let bench = EngineBench {
      $0.calls = (1...2).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
      $0.outcome = { _, _ in PageOutcome() }
    }
    #expect(try await bench.run().get().counts.savedCalls == 2)
  }

  @Test("Calls that are not in the table although nothing was refused are not saved, and each is told once")
  func missing() async throws {
    let calls = (1...4).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
    let bench = EngineBench {
      // 4 3 | 3 2 | 2 1, and what ended is in the last commit.
      $0.calls = calls + [calls[1], calls[2]]
      $0.pageSize = 2
      $0.outcome = { _, page in
        var outcome = PageOutcome()
        outcome.missing = Set(page.calls.map(\.sid)).intersection([makeSID(2), makeSID(3)])
        return outcome
      }
    }
    let counts = try await bench.run().get().counts
    #expect(counts.totalCalls == 4 && counts.case1Count == 4 && counts.savedCalls == 2)
    let told = bench.notes.events.filter { if case .notTaken = $0 { true } else { false } }
    #expect(told == [.notTaken(calls: 1), .notTaken(calls: 1)])
    #expect(bench.notes.events.contains(.saved(calls: 2)))
  }

  @Test("Stored calls that the database keeps as they are count as saved, and each is told once")
  func kept() async throws {
    let bench = EngineBench {
      // 4 3 | 2 1, and what ended is in the last commit.
      $0.calls = (1...4).map { makeCompleted($0, startedAt: at("11:0\($0)")) }
      $0.pageSize = 2
      $0.outcome = { _, page in
        var outcome = PageOutcome()
        let sids = Set(page.calls.map(\.sid)).intersection([makeSID(2), makeSID(3)])
        if !sids.isEmpty { outcome.kept = KeptCalls(sids: sids, reason: "P0001") }
        return outcome
      }
    }
    let counts = try await bench.run().get().counts
    #expect(counts.totalCalls == 4 && counts.savedCalls == 4 && counts.refusedCalls == 0)
    let told = bench.notes.events.filter { if case .kept = $0 { true } else { false } }
    #expect(told == [3, 2].map { .kept(KeptCalls(sids: [makeSID($0)], reason: "P0001")) })
    #expect(bench.notes.pages.allSatisfy { $0.refusedBefore.isEmpty })
  }

  @Test("Repeated requests to Twilio are counted and told with their reason")
  func requests() async throws {
    let saturated = RunFailure(
      .twilio(.transient), "Twilio está saturado.", cause: "HTTP 503", retryAfter: 2, twilioRequestID: "RQ1")
    let bench = EngineBench {
      $0.onRequest = { number throws(RunFailure) in if number < 3 { throw saturated } }
    }
    let run = try await bench.run().get()
    #expect(run.counts.twilioRequests == 4)
    #expect(bench.notes.pauses == [2250, 2500])
    #expect(
      bench.notes.events.filter { if case .retrying = $0 { true } else { false } } == [
        .retrying(attempt: 1, delay: 2250, saturated), .retrying(attempt: 2, delay: 2500, saturated),
      ])
    // The period's end is when the run began, not when Twilio had answered.
    #expect(run.period?.end == at("12:00"))
    #expect(bench.notes.pages.map(\.marks) == [[.coveredUntil(at("12:00"))]])
  }

  @Test(
    "Twilio's faults end the run when repeating did not help",
    arguments: [TwilioFault.transient, .unauthorized])
  func givesUp(fault: TwilioFault) async throws {
    let bench = EngineBench {
      $0.onRequest = { _ throws(RunFailure) in throw RunFailure(.twilio(fault), "Twilio falló.") }
    }
    #expect(try await bench.run() == .failure(RunFailure(.twilio(fault), "Twilio falló.", runID: RunID(7))))
    #expect(bench.notes.requestCount == (fault == .transient ? 5 : 2))
    #expect(bench.notes.commitAttempts == 0)
  }

  @Test("Records that cannot be read are told")
  func unreadable() async throws {
    let bench = EngineBench { $0.unreadable = 3 }
    _ = try await bench.run().get()
    #expect(bench.notes.events.filter { $0 == .unreadableRecords(3) }.count == 2)
  }
}
