import CallDomain
import SyncEngine
import Synchronization
import TestSupport
import Testing

@Suite("An audit reads the list of each day and compares it with what is stored")
struct AuditRunTests {
  private static let day = makeTime("2026-02-20T00:00:00Z")
  private static let next = makeTime("2026-02-21T00:00:00Z")

  /// Calls of the day, two minutes apart, the last one at its end.
  private static func makeDay(_ count: Int = 600) -> [Call] {
    (0..<count).map { makeCompleted($0 + 1, startedAt: day.adding(seconds: 60 + $0 * 120)) }
  }

  private func makeBench(_ calls: [Call], _ adjust: (inout EngineBench.Script) -> Void = { _ in })
    -> EngineBench
  {
    EngineBench { script in
      script.kind = .audit
      script.calls = calls
      script.pageSize = 100
      script.onCall = { sid throws(RunFailure) in calls.first { $0.sid == sid } }
      adjust(&script)
    }
  }

  private func audit(
    _ bench: EngineBench, _ table: AuditTable, isDaily: Bool = false
  ) async throws -> Result<SyncRun, RunFailure> {
    try await bench.audit(table, since: Self.day, until: Self.next, isDaily: isDaily)
  }

  @Test("Page by page, each row once, however the pages fall; what agrees asks for no call alone")
  func agrees() async throws {
    for pageSize in [1, 7, 100, 600, 1000] {
      let calls = Self.makeDay(120)
      let bench = makeBench(calls) { $0.pageSize = pageSize }
      let table = AuditTable(calls)
      let run = try await audit(bench, table).get()
      let day = try #require(run.days.first)
      #expect(run.days.count == 1 && day.differences == 0 && day.twilioCalls == 120 && day.storedCalls == 120)
      #expect(day.run == run.id && table.notes.verdicts == [day])
      #expect(bench.notes.asked.isEmpty && bench.notes.requestCount == (120 + pageSize - 1) / pageSize)
      #expect(table.notes.compared.reduce(0) { $0 + $1.calls.count } == 120)
      #expect(run.counts.totalCalls == 120 && run.counts.savedCalls == 120)
      #expect(run.period == Period(start: Self.day, end: Self.next))
    }
  }

  @Test("Without dates the seven days that ended at least 48 hours ago; days count whole and have ended")
  func periods() async throws {
    let table = AuditTable([])
    let usual = try await makeBench([]).audit(table).get()
    #expect(
      usual.period == Period(start: makeTime("2026-02-20T00:00:00Z"), end: makeTime("2026-02-27T00:00:00Z")))
    #expect(usual.days.map(\.day.isoDate) == (20...26).map { "2026-02-\($0)" })
    let whole = try await makeBench([]).audit(
      AuditTable([]), since: makeTime("2026-02-27T13:00:00Z"), until: makeTime("2026-03-09T01:00:00Z")
    ).get()
    #expect(
      whole.period == Period(start: makeTime("2026-02-27T00:00:00Z"), end: makeTime("2026-03-01T00:00:00Z")))
    for (since, until) in [("2026-03-01", "2026-03-02"), ("2020-01-01", "2026-01-01")] {
      let error = await #expect(throws: RunFailure.self) {
        try await makeBench([]).audit(
          AuditTable([]), since: makeTime(since + "T00:00:00Z"), until: makeTime(until + "T00:00:00Z"))
      }
      #expect(error?.kind == .badParameter)
    }
  }

  @Test("What is missing, gone, different or not listed is told apart; the last ones are asked for alone")
  func differences() async throws {
    let calls = Self.makeDay(50)
    var changed = calls
    changed[3].status = .busy
    let lost = calls[7]
    let deleted = makeCompleted(900, startedAt: Self.day.adding(seconds: 333))
    let listed = changed.filter { $0.sid != lost.sid }
    let bench = makeBench(listed) { [changed] in
      $0.onCall = { sid throws(RunFailure) in changed.first { $0.sid == sid } }
    }
    let table = AuditTable(calls + [deleted])
    table.remove(calls[5].sid)
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(
      Set(day.examples) == [
        AuditDifference(calls[5].sid.text, .missing), AuditDifference(deleted.sid.text, .gone),
        AuditDifference(calls[3].sid.text, .different, field: "status"),
      ])
    #expect(day.missing == 1 && day.gone == 1 && day.different == 1 && day.misattributed == 0)
    #expect(Set(bench.notes.asked) == [calls[3].sid, lost.sid, deleted.sid])
    #expect(table.notes.gone == [deleted.sid.text])
    #expect(bench.notes.events.contains(.auditDiffers([day].whatToDo ?? "")))
  }

  @Test("What an hourly run stores between the list and the row is no difference")
  func overtaken() async throws {
    let calls = Self.makeDay(3)
    var newer = calls[1]
    newer.price = Price("-1")
    let bench = makeBench(calls) { [newer] in
      $0.onCall = { sid throws(RunFailure) in sid == newer.sid ? newer : nil }
    }
    let table = AuditTable(calls)
    table.put(newer)
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(day.differences == 0 && bench.notes.asked == [newer.sid])
  }

  @Test("At most 200 calls of a day are asked for alone; the others are counted as they look")
  func limit() async throws {
    let calls = Self.makeDay(300)
    let bench = makeBench([]) { $0.onCall = { _ throws(RunFailure) in nil } }
    let table = AuditTable(calls)
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(day.gone == 300 && bench.notes.asked.count == 200 && table.notes.gone.count == 200)
  }

  @Test("A key that may list calls and not fetch one: they are counted as they look")
  func forbidden() async throws {
    let bench = makeBench([]) {
      $0.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(.permanent), "no") }
    }
    let table = AuditTable(Self.makeDay(3))
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(day.gone == 3 && bench.notes.asked.count == 1 && table.notes.gone.isEmpty)
  }

  @Test(
    "A call that Twilio never gives is told and counts as it looks, the others are asked for, later days are compared",
    arguments: [TwilioFault.transient, .unanswered, .retention], [false, true])
  func notGiven(fault: TwilioFault, isDaily: Bool) async throws {
    let stored = Self.makeDay(3)
    let failure = RunFailure(.twilio(fault), "Twilio no la da.", cause: "HTTP 500")
    let bench = makeBench([]) {
      $0.onCall = { sid throws(RunFailure) in
        if sid == stored[1].sid { throw failure }
        return nil
      }
    }
    let table = AuditTable(stored)
    let run = try await bench.audit(
      table, since: Self.day, until: Self.next.adding(hours: 24), isDaily: isDaily
    ).get()
    #expect(run.state == .succeeded && run.days.map(\.gone) == [3, 0])
    #expect(Set(bench.notes.asked) == Set(stored.map(\.sid)))
    #expect(bench.notes.events.filter { $0 == .callNotCompared(stored[1].sid, failure) }.count == 1)
    // Twilio has not said of it that it is gone.
    #expect(table.notes.gone == [stored[0].sid.text, stored[2].sid.text])
    // The list was read once.
    #expect(bench.notes.requests.count == 2)
  }

  @Test(
    "After three calls that Twilio does not give one after the other none is asked for, of later days neither"
  )
  func noneGiven() async throws {
    let stored = Self.makeDay(720 * 2)
    let bench = makeBench([]) {
      $0.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(.unanswered), "no") }
    }
    let table = AuditTable(stored)
    let run = try await bench.audit(table, since: Self.day, until: Self.next.adding(hours: 24)).get()
    #expect(run.days.map(\.gone) == [720, 720] && table.notes.gone.isEmpty)
    #expect(Set(bench.notes.asked).count == 3)
    let told = bench.notes.events.filter { if case .callNotCompared = $0 { true } else { false } }
    #expect(told.count == 3)
  }

  @Test("An audit that Twilio gives no list fails, whatever calls it gives", arguments: [1, 2])
  func noList(page: Int) async throws {
    let calls = Self.makeDay(300)
    let bench = makeBench(calls) {
      $0.onList = { _ throws(RunFailure) in
        if page == 1 { throw RunFailure(.twilio(.transient), "no") }
      }
      $0.onNext = { _ throws(RunFailure) in throw RunFailure(.twilio(.transient), "no") }
      $0.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(.transient), "no") }
    }
    let table = AuditTable(calls + [makeCompleted(900, startedAt: Self.day.adding(seconds: 86_000))])
    let outcome = try await audit(bench, table)
    #expect(#expect(throws: RunFailure.self) { try outcome.get() }?.kind == .twilio(.transient))
    #expect(table.notes.verdicts.isEmpty)
  }

  @Test(
    "What is not about one call ends the audit, which goes on later",
    arguments: [TwilioFault.throttled, .clock])
  func aboutAll(fault: TwilioFault) async throws {
    let bench = makeBench([]) {
      $0.onCall = { _ throws(RunFailure) in throw RunFailure(.twilio(fault), "no") }
    }
    let table = AuditTable(Self.makeDay(3))
    let outcome = try await audit(bench, table)
    #expect(#expect(throws: RunFailure.self) { try outcome.get() }?.kind == .twilio(fault))
    #expect(table.notes.verdicts.isEmpty)
  }

  @Test("A day that Twilio keeps no more has no verdict, and the next one is looked at")
  func retention() async throws {
    let bench = makeBench([]) {
      $0.onList = { query throws(RunFailure) in
        if query.startedFrom == Self.day { throw RunFailure(.twilio(.retention), "20004") }
      }
    }
    let table = AuditTable(Self.makeDay(3))
    let run = try await bench.audit(table, since: Self.day, until: Self.next.adding(hours: 24)).get()
    #expect(run.days.map(\.isKept) == [false, true] && run.days[0].gone == 0)
  }

  @Test("A day of which the first page was given is kept, whatever is said of a further one")
  func retentionAfterward() async throws {
    let failure = RunFailure(.twilio(.retention), "20004")
    let refused = Mutex(0)
    let bench = makeBench(Self.makeDay(500)) {
      $0.pageSize = 200
      $0.onNext = { _ throws(RunFailure) in
        let isFirst = refused.withLock { count in
          count += 1
          return count == 1
        }
        if isFirst { throw failure }
      }
    }
    let table = AuditTable(Self.makeDay(500))
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(day.isKept && day.twilioCalls == 500 && day.differences == 0)

    let failing = makeBench(Self.makeDay(500)) {
      $0.pageSize = 200
      $0.onNext = { _ throws(RunFailure) in throw failure }
    }
    let outcome = try await audit(failing, AuditTable(Self.makeDay(500)))
    #expect(#expect(throws: RunFailure.self) { try outcome.get() }?.kind == .twilio(.retention))
  }

  @Test(
    "An interrupted audit goes on where it was, whether Twilio takes bounds for whole days or not",
    arguments: [
      false, true,
    ])
  func goesOn(takesWholeDays: Bool) async throws {
    let calls = Self.makeDay(500)
    let failing = makeBench(calls) {
      $0.onRequest = { number throws(RunFailure) in
        if number == 3 { throw RunFailure(.twilio(.permanent), "no") }
      }
    }
    let table = AuditTable(calls)
    table.remove(calls[490].sid)
    table.remove(calls[10].sid)
    await #expect(throws: RunFailure.self) { try await audit(failing, table).get() }
    let open = try #require(table.notes.progress?.open)
    #expect(open.day.missing == 1 && open.comparedFrom > Self.day && open.comparedFrom < Self.next)
    let bench = makeBench(calls) { $0.takesWholeDays = takesWholeDays }
    let before = table.notes.compared.count
    let day = try #require(try await audit(bench, table).get().days.first)
    #expect(day.missing == 2 && day.twilioCalls == 500 && day.storedCalls == 498 && day.gone == 0)
    let again = table.notes.compared.dropFirst(before).flatMap(\.calls)
    #expect(!again.contains { ($0.callDate ?? Self.next) >= open.comparedFrom })
    #expect(bench.notes.requests.first?.startedBefore == open.comparedFrom)
    #expect(takesWholeDays == (bench.notes.requests.count == 2))
  }

  @Test("A page token that is refused has the rest listed anew, and not for ever")
  func refusedToken() async throws {
    let calls = Self.makeDay(300)
    let bench = makeBench(calls) {
      $0.onRequest = { number throws(RunFailure) in
        if number == 2 { throw RunFailure(.twilio(.refused), "21481") }
      }
    }
    #expect(try await audit(bench, AuditTable(calls)).get().days.first?.twilioCalls == 300)
    let endless = makeBench(calls) {
      $0.onNext = { _ throws(RunFailure) in throw RunFailure(.twilio(.refused), "21481") }
    }
    let failure = await #expect(throws: RunFailure.self) {
      try await audit(endless, AuditTable(calls)).get()
    }
    #expect(failure?.kind == .twilio(.refused))
  }

  @Test("A daily audit stops after 60 seconds with a sentence of its own, and keeps its place")
  func daily() async throws {
    let calls = Self.makeDay(500)
    let table = AuditTable(calls)
    let bench = makeBench(calls)
    let slow = EngineBench { script in
      script = bench.script
      script.onRequest = { _ throws(RunFailure) in }
    }
    let pacing = AuditTable(calls) { number in if number == 2 { slow.note { $0.elapsed += 61_000 } } }
    let failure = await #expect(throws: RunFailure.self) {
      try await audit(slow, pacing, isDaily: true).get()
    }
    #expect(failure?.kind == .stopping && failure?.message.contains("60 segundos") == true)
    let ended = try #require(slow.notes.finished.first)
    #expect(ended.state == .interrupted && ended.error?.contains("próxima ejecución horaria") == true)
    #expect(pacing.notes.compared.count == 2 && pacing.notes.verdicts.isEmpty)
    #expect(try await audit(makeBench(calls), pacing, isDaily: true).get().days.first?.twilioCalls == 500)
    // One that somebody asks for takes its time.
    let patient = makeBench(calls)
    let long = AuditTable(calls) { _ in patient.note { $0.elapsed += 61_000 } }
    #expect(try await audit(patient, long).get().days.count == 1)
    #expect(table.notes.compared.isEmpty)
  }
}
