import Bootstrap
import Testing

@Suite("Ids of requests")
struct RequestIDsTests {
  @Test("Every id is 32 hexadecimal digits and another one, also from several threads")
  func distinct() async {
    let ids = RequestIDsUnderTest()
    let made = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 { group.addTask { (0..<5000).map { _ in ids.next() } } }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(made).count == 20_000)
    #expect(made.allSatisfy { $0.wholeMatch(of: /[0-9a-f]{32}/) != nil })
    #expect(Set(made.map { $0.prefix(16) }).count == 1)
    #expect(RequestIDs().next().prefix(16) != made.first?.prefix(16) ?? "")
  }
}

/// Tasks share what cannot be copied by way of its owner.
private final class RequestIDsUnderTest: Sendable {
  private let ids = RequestIDs()

  func next() -> String { ids.next() }
}
