import CallDomain
import TestSupport

/// How a month of hourly runs gets into the table: in any order, some of them several times, through several
/// writers, some of them disturbed.
struct IntakePlan: Sendable {
  /// What happens while a page is committed. The page is committed again afterwards, but after a kill only
  /// when the whole run is repeated.
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
  }

  struct Step: Sendable {
    let page: IntakePage
    let disturbance: Disturbance
  }

  /// A page commit has at most so many statements, BEGIN and COMMIT counted.
  static let mostStatements = 17

  /// What each writer commits: run after run, the pages of a run in their order.
  private(set) var writers: [[[Step]]]

  init(_ month: GeneratedMonth, random: inout SeededRandom) {
    let count = random.number(in: 1...5)
    let disturbed = random.one(of: 0, 10, 30)
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
      let steps = run.map { Step(page: $0, disturbance: Self.disturbance(percent: percent, &random)) }
      writers[random.number(in: 0...count - 1)].append(steps)
      // Made up for later, and not killed again.
      if steps.contains(where: \.isKill) {
        queue.insert((run, 0), at: random.number(in: position + 1...queue.count))
      }
      position += 1
    }
  }

  /// The last moment that a run marks as covered.
  var coveredUntil: Timestamp? {
    let marks = writers.joined().joined().flatMap(\.page.marks)
    return marks.compactMap { if case .coveredUntil(let moment) = $0 { moment } else { nil } }.max()
  }

  private static func disturbance(percent: Int, _ random: inout SeededRandom) -> Disturbance {
    guard random.chance(percent) else { return .none }
    let statements = random.number(in: 0...mostStatements)
    return random.one(
      of: .termination, .cancellation(yields: random.number(in: 0...40)),
      .cut(afterStatements: statements), .kill(afterStatements: statements))
  }
}

extension IntakePlan.Step {
  fileprivate var isKill: Bool {
    if case .kill = disturbance { true } else { false }
  }
}
