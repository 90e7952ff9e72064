import CallDomain
package import SyncEngine
package import Telemetry

/// The events of a run for machines: the same facts as `SpanishLines`, with English names.
package enum JSONEvents {
  /// How much the event matters.
  package static func level(of event: SyncEvent) -> LogLevel {
    switch event {
    case .failed: .error
    case .interrupted, .retrying, .unreadableRecords, .clockOff, .gap, .retentionReached, .lost,
      .databaseAway,
      .refused, .kept, .phoneRefused, .notTaken, .callNotGiven, .callNotCompared, .listNotGiven,
      .coverageAhead,
      .wouldBeRefused,
      .directoryLoaded(numbers: 0):
      .warning
    case .auditDiffers, .goneNoted, .goneNotNoted: .warning
    case .dayAudited(let day): day.differences > 0 ? .warning : .info
    case .pageStored, .sliceReplaced: .debug
    case .started, .period, .directoryLoaded, .fetching, .fetched, .processing, .saving, .saved,
      .finished, .noCalls, .sliceDone, .slicesPlanned, .assigned, .moving, .moved, .movedOtherwise, .resuming:
      .info
    }
  }

  /// The event's name; names are never reused for another fact.
  package static func name(of event: SyncEvent) -> String {
    switch event {
    case .started: "run_started"
    case .period: "period_planned"
    case .directoryLoaded: "directory_loaded"
    case .fetching: "fetch_started"
    case .fetched: "fetch_finished"
    case .processing: "processing"
    case .saving: "save_started"
    case .saved: "save_finished"
    case .finished: "run_finished"
    case .noCalls: "no_calls"
    case .failed: "run_failed"
    case .interrupted: "run_interrupted"
    case .retrying: "twilio_retry"
    case .refused: "call_refused"
    case .kept: "calls_kept"
    case .phoneRefused: "phone_refused"
    case .notTaken: "calls_not_taken"
    case .callNotGiven: "call_not_given"
    case .callNotCompared: "call_not_compared"
    case .listNotGiven: "list_not_given"
    case .coverageAhead: "coverage_ahead"
    case .unreadableRecords: "unreadable_records"
    case .clockOff: "clock_off"
    case .gap: "hole_left"
    case .sliceDone: "slice_finished"
    case .slicesPlanned: "slices_planned"
    case .sliceReplaced: "slice_replaced"
    case .pageStored: "page_stored"
    case .databaseAway: "database_retry"
    case .assigned: "number_assigned"
    case .wouldBeRefused: "would_be_refused"
    case .moving: "calls_moving"
    case .moved: "calls_moved"
    case .movedOtherwise: "other_calls_moved"
    case .retentionReached: "retention_reached"
    case .lost: "period_lost"
    case .dayAudited: "day_audited"
    case .auditDiffers: "audit_differs"
    case .goneNoted: "calls_gone"
    case .goneNotNoted: "gone_not_noted"
    case .resuming: "run_resumed"
    }
  }

  /// What lies behind a failure, for the log.
  package static func cause(of event: SyncEvent) -> String? {
    switch event {
    case .failed(_, let failure), .retrying(_, _, let failure), .databaseAway(_, let failure),
      .callNotGiven(_, let failure), .callNotCompared(_, let failure), .listNotGiven(let failure),
      .goneNotNoted(_, let failure):
      failure.cause
    default: nil
    }
  }

  /// The event's facts, in an order that does not change.
  package static func fields(of event: SyncEvent) -> [LogField] {
    switch event {
    case .started(let kind), .fetching(let kind), .interrupted(let kind): [field(kind)]
    case .period(let period), .gap(let period), .lost(let period): fields(period)
    case .directoryLoaded(let numbers): [field("numbers", numbers)]
    case .fetched(let calls), .saving(let calls), .saved(let calls): [field("calls", calls)]
    case .processing(let calls, let outbound, let transfers):
      [field("calls", calls), field("outbound", outbound), field("transfers", transfers)]
    case .finished(let kind, let counts): [field(kind)] + fields(counts)
    case .noCalls: []
    case .failed(let kind, let failure): [field(kind)] + fields(failure)
    case .retrying(let attempt, let delay, let failure):
      [
        field("attempt", attempt), LogField("delayMs", .integer(delay)),
        LogField("reason", .text(failure.message)),
      ] + (failure.twilioRequestID.map { [LogField("twilioRequestId", .text($0))] } ?? [])
    case .refused(let call):
      [LogField("callSid", .text(call.sid.text)), LogField("reason", .text(call.reason))]
    case .kept(let calls):
      [field("calls", calls.sids.count)]
        + (calls.sids.min().map { [LogField("callSid", .text($0.text))] } ?? [])
        + [LogField("reason", .text(calls.reason))]
    case .phoneRefused(let number, let reason):
      [LogField("number", .text(number.masked)), LogField("reason", .text(reason))]
    case .notTaken(let calls): [field("calls", calls)]
    case .callNotGiven(let sid, let failure), .callNotCompared(let sid, let failure):
      [LogField("callSid", .text(sid.text))] + fields(failure)
    case .listNotGiven(let failure): fields(failure)
    case .coverageAhead(let moment): [LogField("coveredUntil", .text(moment.iso8601))]
    case .unreadableRecords(let count): [field("records", count)]
    case .clockOff(let seconds): [field("seconds", seconds)]
    case .slicesPlanned(let slices): [field("slices", slices)]
    case .sliceReplaced(let parts, _): [field("parts", parts)]
    case .pageStored(let calls, _): [field("calls", calls)]
    case .databaseAway(let delay, let failure):
      [
        LogField("delayMs", .integer(delay)),
        LogField("reason", .text(failure.message)),
      ]
    case .sliceDone(let period, let calls): fields(period) + [field("calls", calls)]
    case .assigned(let number, let workspace, let created):
      [
        LogField("number", .text(number.canonical)), LogField("workspace", .integer(workspace.number)),
        field("createdPhones", created),
      ]
    case .wouldBeRefused(let failure): fields(failure)
    case .moving(let calls): [field("calls", calls)]
    case .moved(let sum): fields(sum)
    case .movedOtherwise(let sums, let calls): [field("sums", sums), field("calls", calls)]
    case .retentionReached(let start): [LogField("start", .text(start.iso8601))]
    case .dayAudited(let day):
      [LogField("day", .text(day.day.isoDate)), LogField("kept", .bool(day.isKept))]
        + AuditDay.figures.map { field($0.name, day[keyPath: $0.path]) }
        + AuditDifference.Kind.allCases.compactMap { kind in
          let sids = day.examples.filter { $0.kind == kind }.prefix(10).map(\.sid)
          return sids.isEmpty ? nil : LogField("\(kind.rawValue)Sids", .text(sids.joined(separator: " ")))
        }
    case .auditDiffers(let whatToDo): [LogField("whatToDo", .text(whatToDo))]
    case .goneNoted(let calls): [field("calls", calls)]
    case .goneNotNoted(let calls, let failure):
      [calls.map { field("calls", $0) }].compactMap(\.self) + fields(failure)
    case .resuming(let done, let slices, _): [field("slicesDone", done), field("slices", slices)]
    }
  }

  private static func field(_ key: String, _ value: Int) -> LogField {
    LogField(key, .integer(Int64(value)))
  }

  private static func field(_ kind: RunKind) -> LogField {
    LogField("kind", .text(kind.rawValue))
  }

  private static func fields(_ period: Period) -> [LogField] {
    [LogField("start", .text(period.start.iso8601)), LogField("end", .text(period.end.iso8601))]
  }

  private static func fields(_ failure: RunFailure) -> [LogField] {
    [
      LogField("code", .text(failure.code.rawValue)),
      LogField("error", .text(failure.message)),
    ]
  }

  /// What is unknown is left out. The number may have been a lead's, before its call's direction changed.
  private static func fields(_ sum: MoveSum) -> [LogField] {
    let known = [
      sum.month.map { LogField("month", .text($0)) },
      sum.number.map { LogField("number", .text($0.masked)) },
      sum.from.map { LogField("from", .integer($0.number)) },
    ].compactMap(\.self)
    return known + [
      LogField("to", .integer(sum.to.number)), field("calls", sum.calls), field("minutes", sum.minutes),
    ] + (sum.cost.isEmpty ? [] : [LogField("cost", .text(sum.cost.text))])
  }

  private static func fields(_ counts: RunCounts) -> [LogField] {
    RunCounts.named.map { field($0.name, counts[keyPath: $0.path]) }
  }
}
