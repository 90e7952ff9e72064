import CallDomain
import TestSupport
import Testing

/// The property of the store is worth as much as the plans that it is held against.
@Suite("The plan of a month of hourly runs")
struct IntakePlanTests {
  @Test("Whatever is missed, killed or repeated: every call comes in its last version, many in earlier ones")
  func complete() throws {
    try forEachSeed(10) { random in
      var generator = CallGenerator(random: random)
      let month = generator.month(calls: random.number(in: 120...300))
      let plan = IntakePlan(month, random: &random)
      var versions: [CallSID: Set<Call>] = [:]
      var kills = 0
      for run in plan.writers.joined() {
        for step in run {
          // The rest of the run may never come.
          if case .kill = step.disturbance {
            kills += 1
            break
          }
          for call in step.page.calls { versions[call.sid, default: []].insert(call) }
        }
      }
      for call in month.calls {
        try #require(versions[call.sid]?.contains(call) == true, "\(call): \(versions[call.sid] ?? [])")
      }
      // Half of the months have more than forty of them; of few calls, whose runs were missed, ten were seen.
      let several = versions.values.count { $0.count > 1 }
      try #require(several >= 5)
      print(
        "\(several) in several versions in a month of \(month.lives.count) calls: \(plan.writers.joined().count) runs, \(kills) killed"
      )
    }
  }
}
