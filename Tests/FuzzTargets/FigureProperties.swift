import CallDomain
import TwilioClient
import WebAPI
import WebServer

/// What is computed from what was read: a page of Twilio becomes rows, decides a plan and counts; stored numbers
/// become alerts, figures and a page. Whatever they are, there is an answer.
///
/// The input is lines `name=number`, as a row or a header would hold them, an empty line and a page.
enum FigureProperties {
  static func check(_ input: [UInt8]) throws(BrokenProperty) {
    let (numbers, body) = parts(of: input)
    let now = Timestamp(milliseconds: numbers["now"] ?? 1_772_366_400_000)
    let stored = Timestamp(exactly: numbers["stored"] ?? now.milliseconds)
    var counts = RunCounts()
    var newest = stored
    if let page = try? CallPageDecoding.page(body) {
      try checkPage(page, now: now, &counts)
      newest = page.calls.compactMap(\.callDate).max() ?? stored
    }
    try checkPlan(now: now, covered: newest, numbers)
    try checkStatus(numbers, now: now, newest: newest, counts)
  }

  private static func checkPage(
    _ page: CallPage, now: Timestamp, _ counts: inout RunCounts
  ) throws(BrokenProperty) {
    for call in page.calls { counts.count(call) }
    let directory = PhoneDirectory(rows: [], defaultWorkspace: WorkspaceID(1))
    let merged = MergedPage(page: page.calls, stored: [:], directory: directory)
    let decided = DecidedPage(
      merged: merged, stored: [:], candidates: [], directory: directory, createdPhones: 0)
    for row in merged.outboundRows + decided.transferRows {
      for moment in [row.call.callDate, row.call.endTime, row.call.effectiveTime, row.call.dateUpdated] {
        guard let moment else { continue }
        try hold(Timestamp(iso8601: moment.iso8601) == moment, "\(row.call.sid) happens at \(moment)")
      }
      try hold(row.call.duration ?? 0 >= 0, "\(row.call.sid) lasts \(row.call.duration ?? 0) s")
    }
  }

  private static func checkPlan(
    now: Timestamp, covered: Timestamp?, _ numbers: [String: Int64]
  ) throws(BrokenProperty) {
    let minutes = Int(clamping: min(max(1, numbers["minutes"] ?? 75), 10_080))
    let hours = Int(clamping: min(max(1, numbers["hours"] ?? 168), 8784))
    let plan = WindowPlan(now: now, coveredUntil: covered, windowMinutes: minutes, maxCatchUpHours: hours)
    try hold(
      plan.period.end == now && plan.slices.first?.start == plan.period.start
        && plan.slices.last?.end == now && plan.slices.count < 1500,
      "at \(now) \(plan.slices.count) slices from \(plan.period.start)")
    let slices = SlicePlan(workers: 4)
    let pages = slices.pages(in: plan.period, firstPageBackTo: covered ?? now)
    for part in slices.parts(of: plan.period, pages: pages, others: 0) ?? [] {
      try hold(part.start >= plan.period.start && part.end <= now, "a part from \(part.start)")
    }
  }

  private static func checkStatus(
    _ numbers: [String: Int64], now: Timestamp, newest: Timestamp?, _ counts: RunCounts
  ) throws(BrokenProperty) {
    let count = Int(counted: numbers["count"] ?? 7)
    let moment = Timestamp(milliseconds: numbers["moment"] ?? 0)
    var facts = StatusFacts()
    facts.newestCall = newest
    facts.coveredUntil = moment
    facts.callsOfDay = Int(counted: numbers["calls"] ?? 100)
    facts.defaultCallsOfDay = count
    facts.gaps = [Period(start: moment, end: now)]
    var run = SyncRun(
      id: RunID(numbers["id"] ?? 1), kind: .hourly, state: .succeeded, startedAt: moment, finishedAt: now,
      period: Period(start: moment, end: now), counts: counts + counts, requestedBy: "fuzz")
    run.counts.refreshedCalls = count
    facts.runs[.hourly] = StatusFacts.Runs()
    facts.runs[.hourly]?.last = run
    facts.runs[.hourly]?.lastSuccess = moment
    var figures = PageFigures()
    figures.runs = [run]
    figures.hours = (0..<3).map {
      PageFigures.Bucket(start: now.startOfHour.adding(hours: -$0), workspace: WorkspaceID(1), calls: count)
    }
    figures.totals = [
      PageFigures.Total(
        workspace: WorkspaceID(1), unit: "USD", calls: count, minutes: count,
        cost: "\(numbers["cost"] ?? 1).5", unpriced: count)
    ]
    figures.resync = PageFigures.Resync(
      doneSlices: count, slices: count, doneMilliseconds: numbers["done"] ?? 1,
      milliseconds: numbers["whole"] ?? 2)
    let status = ServiceStatus(facts, rules: AlertRules(), now: now)
    for target in ["/", "/api/sync-status", "/api/sync-runs/7"] {
      guard let target = RequestTarget(target) else { continue }
      var headers = HTTPHeaders()
      headers.set("Authorization", "Bearer correct-horse-battery")
      let service = NotedService(status: status, figures: figures, run: run)
      let answer = service.answer(
        HTTPRequest(method: .get, target: target, headers: headers, remoteAddress: "127.0.0.1"),
        secret: "correct-horse-battery")
      try hold(answer.status.code == 200, "\(target.path) answers \(answer.status.code)")
    }
  }

  private static func parts(of input: [UInt8]) -> (numbers: [String: Int64], body: [UInt8]) {
    var rest = input[...]
    var numbers: [String: Int64] = [:]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest.dropFirst(line.count + 1)
      if line.isEmpty { break }
      guard let (name, value) = Lines.pair(String(decoding: line, as: UTF8.self), separator: "=") else {
        continue
      }
      numbers[name] = Int64(value)
    }
    return (numbers, Array(rest))
  }
}
