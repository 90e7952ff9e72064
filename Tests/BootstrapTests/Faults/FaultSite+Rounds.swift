import CallDomain
import TestSupport
import Testing

/// A way with a fault on it.
struct Obstacle {
  let way: FaultyWay
  /// Whether the fault came to pass.
  let hasStruck: () -> Bool
  /// Cuts what still goes that way.
  let end: () -> Void
  /// The process's clock; nil for Twilio's.
  var clock: (@Sendable () -> Timestamp)?
}

extension FaultSite {
  /// A run on the way that `make` makes, and what it leaves; then a clean one.
  func round(
    _ name: String, isHarmless: Bool = false, blaming codes: Set<RunFailure.Code>,
    _ counter: inout FaultTally,
    _ make: (Installation) throws -> Obstacle
  ) async throws {
    do {
      try await round { installation in
        let obstacle = try make(installation)
        let run = try await FaultyRun(installation, obstacle.way, clock: obstacle.clock)
        let outcome = await run.outcome()
        counter.count(outcome, hasStruck: obstacle.hasStruck())
        obstacle.end()
        try await run.end()
        switch outcome {
        case .success: try await expectOnePass(on: installation)
        case .failure(let failure):
          try #require(!isHarmless, "\(failure.message)")
          try #require(codes.contains(failure.code), "\(failure.message)")
          try #require(failure.saysWhatToDo, "\(failure.message)")
          try await run.expectWholePages()
        }
        try await expectCleanRun(on: installation)
      }
    } catch {
      // What was expected is told already.
      Issue.record("\(name)\(error is ExpectationFailedError ? "" : ": \(error)")")
    }
  }
}

extension RunFailure {
  /// Whether it is a sentence with something to do in it.
  var saysWhatToDo: Bool {
    let advice = /(?i)\b(compruebe|revise|repita|libere|conceda|conecte|ponga|pregunte|ejecute)\b/
    return message.hasSuffix(".") && message.contains(advice)
  }
}
