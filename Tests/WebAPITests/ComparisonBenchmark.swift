import Foundation
import Testing
import WebAPI

/// How long a comparison takes, by where what is given differs and by how long it is. Figures, no
/// expectations: `TEST_BENCH=1 swift test -c release --filter ComparisonBenchmark`.
@Suite(
  "Comparison benchmark", .serialized,
  .enabled(if: ProcessInfo.processInfo.environment["TEST_BENCH"] == "1", "only with TEST_BENCH=1"))
struct ComparisonBenchmark {
  private static let secret = Array("0123456789abcdef0123456789abcdef0123456789abcdef".utf8)

  @Test("compares")
  func compare() {
    let comparison = SecretComparison(String(decoding: Self.secret, as: UTF8.self))
    var given: [(name: String, bytes: [UInt8])] = [("the secret", Self.secret)]
    for index in [0, 24, 47] {
      var bytes = Self.secret
      bytes[index] ^= 1
      given.append(("different at byte \(index)", bytes))
    }
    given.append(("48 other bytes", [UInt8](repeating: 0x7A, count: 48)))
    for length in [16, 47, 49, 200] {
      given.append(("\(length) bytes", [UInt8](repeating: 0x30, count: length)))
    }
    // By turns, so that whatever else the machine does meets all of them alike.
    var times = [[Duration]](repeating: [], count: given.count)
    var right = 0
    for _ in 0..<3000 {
      for (index, candidate) in given.enumerated() {
        // Two copies by turns, so that the optimizer does not make one comparison of many.
        let copies = [candidate.bytes, candidate.bytes.map { $0 }]
        times[index].append(
          ContinuousClock().measure {
            for turn in 0..<100 { right += comparison.matches(copies[turn & 1]) ? 1 : 0 }
          })
      }
    }
    #expect(right == 300_000)
    for (index, candidate) in given.enumerated() {
      let sorted = times[index].sorted()
      let ranks = [sorted.count / 10, sorted.count / 4, sorted.count / 2].map { index in
        String(format: "%.1f", sorted[index] / .nanoseconds(100))
      }
      print("\(candidate.name): \(ranks.joined(separator: " / ")) ns (tenth, quarter, half)")
    }
  }
}
