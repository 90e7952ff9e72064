import CallDomain
import Foundation
import Reporting
import SyncEngine
import Synchronization
import Telemetry
import Testing

struct RunReporterTests {
  private final class Recorder: Sendable {
    let output = Mutex("")
    var text: String { output.withLock { $0 } }
  }

  private func makeReporter(
    _ format: Logger.Format, runID: RunID? = RunID(42), requestID: String? = nil,
    isRehearsal: Bool = false, metrics: SyncMetrics? = nil, into recorder: Recorder
  ) -> RunReporter {
    let logger = Logger(format: format, clock: { "2025-10-05T20:00:00.000Z" }) { text in
      recorder.output.withLock { $0 += text }
    }
    return RunReporter(
      logger: logger, runID: runID, requestID: requestID, isRehearsal: isRehearsal, metrics: metrics)
  }

  @Test("Every JSON line of a run is an object with its run's id and English names")
  func json() throws {
    let recorder = Recorder()
    let reporter = makeReporter(.json, into: recorder)
    let events = try makeEveryEvent()
    events.forEach(reporter.handler)
    let lines = recorder.text.split(separator: "\n")
    #expect(lines.count == events.count)
    for (line, event) in zip(lines, events) {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["runId"] as? Int == 42)
      #expect(object["event"] as? String == JSONEvents.name(of: event))
      #expect(object["level"] as? String == JSONEvents.level(of: event).rawValue)
      #expect(object.count == 4 + JSONEvents.fields(of: event).count)
    }
  }

  @Test("The JSON lines of an hourly run carry the counts as numbers")
  func jsonCounts() throws {
    let recorder = Recorder()
    let reporter = makeReporter(.json, into: recorder)
    reporter.report(.finished(.hourly, makeCounts()))
    reporter.report(.period(try makePeriod()))
    #expect(
      recorder.text == """
        {"ts":"2025-10-05T20:00:00.000Z","level":"info","event":"run_finished","runId":42,\
        "kind":"hourly","totalCalls":87,"savedCalls":87,"createdPhones":0,"case1Count":62,\
        "case2Count":15,"case3Count":10,"skippedCalls":0,"unmatchedCalls":0,"refreshedCalls":0,\
        "reattributedCalls":0,"twilioRequests":0,"refusedCalls":0}
        {"ts":"2025-10-05T20:00:00.000Z","level":"info","event":"period_planned","runId":42,\
        "start":"2025-10-05T18:45:00.000Z","end":"2025-10-05T20:00:00.000Z"}

        """)
  }

  @Test("Each line of a rehearsal says that it is one; a sum of moves carries what it knows")
  func rehearsal() throws {
    let recorder = Recorder()
    let reporter = makeReporter(.json, isRehearsal: true, into: recorder)
    reporter.report(.moved(makeSum()))
    reporter.report(.movedOtherwise(sums: 3, calls: 9))
    #expect(
      recorder.text == """
        {"ts":"2025-10-05T20:00:00.000Z","level":"info","event":"calls_moved","runId":42,"dryRun":true,\
        "month":"2026-03","number":"…004","from":1,"to":4,"calls":12,"minutes":34,\
        "cost":"0.90000 EUR + 1.25 USD"}
        {"ts":"2025-10-05T20:00:00.000Z","level":"info","event":"other_calls_moved","runId":42,"dryRun":true,\
        "sums":3,"calls":9}

        """)
    let texts = Recorder()
    makeReporter(.text, isRehearsal: true, into: texts).report(.moved(makeSum()))
    #expect(texts.text.contains("Se reasignarían del workspace 1 al 4"))
  }

  @Test("The request that started a run stands in each of its lines, after the run's id")
  func requestID() throws {
    let recorder = Recorder()
    let reporter = makeReporter(.json, requestID: "req-1", into: recorder)
    let events = try makeEveryEvent()
    events.forEach(reporter.handler)
    let lines = recorder.text.split(separator: "\n")
    #expect(lines.count == events.count)
    #expect(lines.allSatisfy { $0.contains(#","runId":42,"requestId":"req-1""#) })
  }

  @Test("A retry and a failure carry their facts, without numbers of people")
  func jsonFaults() {
    let recorder = Recorder()
    let reporter = makeReporter(.json, runID: nil, into: recorder)
    reporter.report(
      .retrying(
        attempt: 2, delay: 1500, RunFailure(.twilio(.transient), "429 +34911679868", twilioRequestID: "RQ1")))
    reporter.report(.failed(.hourly, RunFailure(.twilio(.permanent), "Falló 34911679868.")))
    #expect(
      recorder.text == """
        {"ts":"2025-10-05T20:00:00.000Z","level":"warning","event":"twilio_retry",\
        "attempt":2,"delayMs":1500,"reason":"429 …868","twilioRequestId":"RQ1"}
        {"ts":"2025-10-05T20:00:00.000Z","level":"error","event":"run_failed",\
        "kind":"hourly","code":"twilio","error":"Falló …868."}

        """)
  }

  @Test(
    "In what is said of a failure secrets go before numbers are masked", arguments: Logger.Format.allCases)
  func secretOfDigits(format: Logger.Format) throws {
    let secret = "clave-34911679868-fin"
    let failure = RunFailure(
      .twilio(.transient), "No sirve \(secret) para +34911679868.", "Cambie \(secret).", cause: "\(secret)!")
    for event in [
      SyncEvent.failed(.hourly, failure), .retrying(attempt: 1, delay: 1000, failure),
      .databaseAway(delay: 1000, failure), .callNotGiven(CallSID.absent, failure),
      .callNotCompared(CallSID.absent, failure), .listNotGiven(failure), .goneNotNoted(calls: 1, failure),
    ] {
      let recorder = Recorder()
      let logger = Logger(format: format, redaction: Redaction(secrets: [secret]), clock: { "now" }) { line in
        recorder.output.withLock { $0 += line }
      }
      RunReporter(logger: logger, runID: nil).report(event)
      #expect(recorder.text.contains("No sirve ••• para …868. Cambie •••"), "\(recorder.text)")
      #expect(recorder.text.contains("•••!") && !recorder.text.contains("clave"))
    }
  }

  @Test("What lies behind a failure is told once, masked, on a line of its own and as the field cause")
  func cause() {
    let failure = RunFailure(
      .database(.refused), "La base de datos rechazó una operación.", "Mire su registro.",
      cause: "Key (phone)=(+34911679868) already exists; SQLSTATE 23505\n[CallUpsert.statement]")
    for event in [
      SyncEvent.failed(.hourly, failure), .retrying(attempt: 1, delay: 1000, failure),
      .databaseAway(delay: 1000, failure),
    ] {
      let (text, json) = (Recorder(), Recorder())
      makeReporter(.text, into: text).report(event)
      makeReporter(.json, into: json).report(event)
      let lines = text.text.split(separator: "\n")
      #expect(lines.count == 2)
      #expect(
        lines.last == "  ↳ Key (phone)=(…868) already exists; SQLSTATE 23505 [CallUpsert.statement]",
        "\(lines)")
      #expect(lines.first?.contains("rechazó una operación. Mire su registro") == true)
      #expect(lines.first?.contains("23505") == false)
      #expect(
        json.text.contains(
          #""cause":"Key (phone)=(…868) already exists; SQLSTATE 23505\n[CallUpsert.statement]"}"#),
        "\(json.text)")
      #expect(json.text.ranges(of: "23505").count == 1)
    }
  }

  @Test("Each kind of event has a name and fields of its own")
  func names() throws {
    let events = try makeEveryEvent()
    let names = Set(events.map(JSONEvents.name))
    #expect(names.count == 37)
    for event in events {
      let keys = JSONEvents.fields(of: event).map(\.key)
      #expect(Set(keys + ["ts", "level", "event", "runId"]).count == keys.count + 4)
    }
  }

  @Test("The text format is what SpanishLines words")
  func text() throws {
    let recorder = Recorder()
    let reporter = makeReporter(.text, into: recorder)
    try makeHourlyEvents().forEach(reporter.report)
    let lines = try makeHourlyEvents().flatMap { SpanishLines.lines(for: $0) }
    #expect(recorder.text == lines.joined(separator: "\n") + "\n")
  }

  @Test("Retries and unreadable records are counted as they happen")
  func metrics() throws {
    let recorder = Recorder()
    let registry = MetricRegistry()
    let reporter = makeReporter(.text, metrics: try SyncMetrics(registry: registry), into: recorder)
    reporter.report(.retrying(attempt: 1, delay: 1, RunFailure(.twilio(.transient), "x")))
    reporter.report(.retrying(attempt: 2, delay: 1, RunFailure(.twilio(.transient), "x")))
    reporter.report(.unreadableRecords(3))
    reporter.report(.saved(calls: 5))
    #expect(registry.render().contains("\ntwilio_sync_twilio_retries_total 2\n"))
    #expect(registry.render().contains("\ntwilio_sync_unreadable_records_total 3\n"))
  }
}
