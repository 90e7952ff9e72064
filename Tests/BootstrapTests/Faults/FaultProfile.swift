import CallDomain
import TestSupport
import Testing

/// At how many places of a run something fails.
enum FaultProfile {
  /// Places among `count`: some by chance, or with `TEST_LONG=1` so many at equal distances that begin by
  /// chance.
  static func places(
    among count: Int, some: Int, many: Int, _ random: inout TestSupport.SeededRandom
  ) -> [Int] {
    guard ChaosProfile.isLong else { return (0..<some).map { _ in random.number(in: 0...count - 1) } }
    let step = max(1, count / many)
    return Array(stride(from: random.number(in: 0...step - 1), to: count, by: step))
  }
}

/// How rounds of faulty runs ended.
struct FaultTally: CustomStringConvertible {
  var rounds = 0
  /// Faults that came to pass before the run was over.
  var struck = 0
  var succeeded = 0
  /// Failed runs by what they said.
  var sentences: [String: Int] = [:]

  mutating func count(_ outcome: Result<SyncRun, RunFailure>, hasStruck: Bool) {
    rounds += 1
    struck += hasStruck ? 1 : 0
    switch outcome {
    case .success: succeeded += 1
    case .failure(let failure): sentences[failure.message, default: 0] += 1
    }
  }

  var description: String {
    let said = sentences.sorted { $0.value > $1.value }.map { "\n  \($0.value) × \($0.key)" }.joined()
    return "\(rounds) rounds, \(struck) struck, \(succeeded) succeeded all the same; the others said:\(said)"
  }
}
