import CallDomain
import TestSupport

/// How a month of hourly runs gets into the table: in any order, some of them several times, through several
/// writers, some of them disturbed; and whether the table takes all of it.
struct IntakePlan: Sendable {
  /// What happens while a page is committed. The page is committed again afterwards, but after a kill, and after
  /// nothing of it was taken, only when the whole run is repeated.
  enum Disturbance: Sendable {
    case none
    /// One of the database's connections, whosever it is, is terminated.
    case termination
    /// The task that commits is cancelled after it has given way this many times.
    case cancellation(yields: Int)
    /// The connection ends after so many statements.
    case cut(afterStatements: Int)
    /// The process ends after so many statements, and the rest of its run never comes.
    case kill(afterStatements: Int)
    /// The page comes spoiled before (`IntakeRefusals`).
    case refusal
  }

  struct Step: Sendable {
    let page: IntakePage
    let disturbance: Disturbance
  }

  /// A page commit has at most so many statements, BEGIN and COMMIT counted, where nothing is refused.
  static let mostStatements = 17

  /// What each writer commits: run after run, the pages of a run in their order.
  private(set) var writers: [[[Step]]]
  /// What is committed when all writers are done: the last versions that no older one must follow. One of no case
  /// leaves nothing behind where no row is yet, and that one was refused is forgotten when an older one is taken.
  private(set) var lastPages: [IntakePage] = []
  /// Whether the table refuses some calls.
  let hasRefusals: Bool

  /// - Parameter percent: How many pages are disturbed; nil for none, a few or many.
  init(_ month: GeneratedMonth, disturbed percent: Int? = nil, random: inout SeededRandom) {
    let count = random.number(in: 1...5)
    let disturbed = percent ?? random.one(of: 0, 10, 30)
    hasRefusals = random.chance(50)
    writers = Array(repeating: [], count: count)
    var runs = HourlyRuns(month, random: &random).runs
    // Half of the months come in the order of time, as they do in life.
    if random.chance(50) { runs.shuffle(using: &random) }
    var queue: [(run: [IntakePage], percent: Int)] = []
    for run in runs {
      queue.append((run, disturbed))
      if random.chance(10) { queue.append((run, disturbed)) }
    }
    var position = 0
    while position < queue.count {
      let (run, percent) = queue[position]
      let steps = run.map { Step(page: $0, disturbance: disturbance(percent: percent, &random)) }
      writers[random.number(in: 0...count - 1)].append(steps)
      // Made up for later, and not disturbed again.
      if steps.contains(where: \.mayEndRun) {
        queue.insert((run, 0), at: random.number(in: position + 1...queue.count))
      }
      position += 1
    }
    addLastPages(month)
  }

  private mutating func addLastPages(_ month: GeneratedMonth) {
    let former = month.former
    var rest = month.calls.filter { former.contains($0.sid) || refuses($0) }[...]
    let readAt = writers.joined().joined().map(\.page.readAt).max() ?? .epoch
    while !rest.isEmpty {
      // So few that the page is never refused as a whole.
      lastPages.append(IntakePage(calls: Array(rest.prefix(10)), readAt: readAt))
      rest = rest.dropFirst(10)
    }
  }

  /// Whether the table refuses a call as it is in this version.
  func refuses(_ call: Call) -> Bool { hasRefusals && IntakeRefusals.refuses(call) }

  /// The versions that are committed of each call.
  var versions: [CallSID: Set<Call>] {
    let pages = writers.joined().joined().map(\.page) + lastPages
    return pages.flatMap(\.calls).reduce(into: [:]) { $0[$1.sid, default: []].insert($1) }
  }

  /// The last moment that a run marks as covered.
  var coveredUntil: Timestamp? {
    let marks = writers.joined().joined().flatMap(\.page.marks)
    return marks.compactMap { if case .coveredUntil(let moment) = $0 { moment } else { nil } }.max()
  }

  private func disturbance(percent: Int, _ random: inout SeededRandom) -> Disturbance {
    guard random.chance(percent) else { return .none }
    if hasRefusals, random.chance(30) { return .refusal }
    let statements = random.number(in: 0...Self.mostStatements)
    return random.one(
      of: .termination, .cancellation(yields: random.number(in: 0...40)),
      .cut(afterStatements: statements), .kill(afterStatements: statements))
  }
}

extension IntakePlan.Step {
  /// Whether the rest of the run may never come.
  var mayEndRun: Bool {
    switch disturbance {
    case .kill, .refusal: true
    case .none, .termination, .cancellation, .cut: false
    }
  }
}
