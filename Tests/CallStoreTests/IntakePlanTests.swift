import CallDomain
import TestSupport
import Testing

/// The property of the store is worth as much as the plans that it is held against.
@Suite("The plan of a month of hourly runs")
struct IntakePlanTests {
  @Test(
    "Whatever is missed, killed, refused or repeated: every call comes in its last version, many in earlier ones"
  )
  func complete() throws {
    try forEachSeed(10) { random in
      var generator = CallGenerator(random: random)
      var month = generator.month(calls: random.number(in: 120...300))
      month.correct(&random)
      let plan = IntakePlan(month, random: &random)
      var versions: [CallSID: Set<Call>] = [:]
      var endings = 0
      for run in plan.writers.joined() {
        for step in run {
          if step.mayEndRun {
            endings += 1
            break
          }
          for call in step.page.calls { versions[call.sid, default: []].insert(call) }
        }
      }
      for call in month.calls {
        try #require(versions[call.sid]?.contains(call) == true, "\(call): \(versions[call.sid] ?? [])")
      }
      let refused = month.calls.count { plan.refuses($0) }
      try #require(plan.lastPages.map(\.calls.count).reduce(0, +) == month.former.count + refused)
      // Half of the months have more than forty of them; of few calls, whose runs were missed, ten were seen.
      let several = versions.values.count { $0.count > 1 }
      try #require(several >= 5)
      print(
        "\(several) in several versions in a month of \(month.lives.count) calls: \(plan.writers.joined().count) runs, \(endings) of them killed or refused, \(month.former.count) calls of no case any more, \(refused) refused"
      )
    }
  }
}
