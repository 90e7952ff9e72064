import CallDomain
import Testing

@Suite("RunCounts")
struct RunCountsTests {
  @Test("Every count has a name, by which it is added up, answered and stored")
  func named() {
    let fields = Mirror(reflecting: RunCounts()).children.compactMap(\.label)
    #expect(Set(RunCounts.named.map(\.name)) == Set(fields) && RunCounts.named.count == fields.count)
  }

  @Test("What was done to the tables stays when the rest is taken back")
  func effects() {
    var counts = RunCounts()
    for (position, count) in RunCounts.named.enumerated() { counts[keyPath: count.path] = position + 1 }
    let effects = Set(["createdPhones", "refreshedCalls", "reattributedCalls"])
    for (name, path) in RunCounts.named {
      #expect(
        counts.effects[keyPath: path] == (effects.contains(name) ? counts[keyPath: path] : 0), "\(name)")
    }
  }
}
