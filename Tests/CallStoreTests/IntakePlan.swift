import CallDomain
import TestSupport

/// How a month of calls gets into the table: pages of versions in any order, several times, through
/// several writers, some of them disturbed.
struct IntakePlan: Sendable {
  /// What happens while a page is committed; the page is committed again afterwards.
  enum Disturbance: Sendable {
    case none
    /// One of the database's connections, whosever it is, is terminated.
    case termination
    /// The task that commits is cancelled after it has given way this many times.
    case cancellation(yields: Int)
  }

  struct Step: Sendable {
    let page: [Call]
    let disturbance: Disturbance
  }

  /// What each writer commits, in its order.
  private(set) var writers: [[Step]]

  init(_ month: GeneratedMonth, random: inout SeededRandom) {
    let count = random.number(in: 1...5)
    let disturbed = random.one(of: 0, 10, 30)
    var versions = month.lives.flatMap { $0 }
    for _ in 0..<versions.count / 8 {
      if let again = random.element(of: versions) { versions.append(again) }
    }
    // Half of the months come roughly in the order of time, as they do in life.
    if random.chance(50) {
      versions.shuffle(using: &random)
    } else {
      versions.sort { ($0.dateUpdated ?? .epoch, $0.sid) < ($1.dateUpdated ?? .epoch, $1.sid) }
    }
    writers = Array(repeating: [], count: count)
    for page in Self.pages(versions, random: &random) {
      for _ in 0..<(random.chance(15) ? 2 : 1) {
        let step = Step(page: page, disturbance: Self.disturbance(percent: disturbed, &random))
        writers[random.number(in: 0...count - 1)].append(step)
      }
    }
  }

  // Every SID once a page; a version that finds its call there already waits for the next one.
  private static func pages(_ versions: [Call], random: inout SeededRandom) -> [[Call]] {
    var rest = versions
    var pages: [[Call]] = []
    while !rest.isEmpty {
      let size = random.one(of: 1, 3, 20, 60)
      var page: [Call] = []
      var seen: Set<CallSID> = []
      var left: [Call] = []
      for call in rest {
        if page.count < size, seen.insert(call.sid).inserted { page.append(call) } else { left.append(call) }
      }
      pages.append(page)
      rest = left
    }
    return pages
  }

  private static func disturbance(percent: Int, _ random: inout SeededRandom) -> Disturbance {
    guard random.chance(percent) else { return .none }
    return random.chance(50) ? .termination : .cancellation(yields: random.number(in: 0...40))
  }
}
