import Foundation

/// SplitMix64 (Steele, Lea and Flood, 2014): small, fast, and the same numbers on every machine
/// for the same seed.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  /// What `init(seed:)` was given, to be named when something fails.
  package let seed: UInt64
  private var state: UInt64

  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension SeededRandom {
  /// True in `percent` of 100 calls.
  package mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &self) < percent
  }

  /// A number within `range`.
  package mutating func number(in range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  /// One of `first` and `others`.
  package mutating func one<Value>(of first: Value, _ others: Value...) -> Value {
    let choice = number(in: 0...others.count)
    return choice == 0 ? first : others[choice - 1]
  }

  /// One of `values`, nil when there is none.
  package mutating func element<Value>(of values: [Value]) -> Value? {
    values.randomElement(using: &self)
  }
}

/// A round of a property test failed; the seed runs exactly that round again.
package struct FailedRound: Error, CustomStringConvertible {
  package let seed: UInt64
  package let reason: String

  package var description: String {
    "The round with seed \(seed) failed; TEST_SEED=\(seed) runs it alone. \(reason)"
  }
}

/// Runs a property test's `body` in `count` rounds, each with a seed of its own.
///
/// `TEST_SEED` set: one round with that seed. `TEST_LONG=1`: fifty times as many rounds. The body
/// must throw to fail (`try #require`), so that the seed of the failing round can be told.
///
/// - Throws: `FailedRound` for the first round that throws; it is printed as well.
package func forEachSeed(_ count: Int, _ body: (inout SeededRandom) throws -> Void) throws {
  for seed in seeds(count) {
    var random = SeededRandom(seed: seed)
    do {
      try body(&random)
    } catch {
      throw failure(of: seed, error)
    }
  }
}

/// The same for a body that waits.
package func forEachSeed(
  _ count: Int, isolation: isolated (any Actor)? = #isolation,
  _ body: (inout SeededRandom) async throws -> Void
) async throws {
  for seed in seeds(count) {
    var random = SeededRandom(seed: seed)
    do {
      try await body(&random)
    } catch {
      throw failure(of: seed, error)
    }
  }
}

private func seeds(_ count: Int) -> [UInt64] {
  let environment = ProcessInfo.processInfo.environment
  if let given = environment["TEST_SEED"].flatMap(UInt64.init) { return [given] }
  let rounds = environment["TEST_LONG"] == "1" ? count * 50 : count
  return (0..<rounds).map { _ in UInt64.random(in: 0...UInt64.max) }
}

private func failure(of seed: UInt64, _ error: any Error) -> FailedRound {
  // A failed `#require` has told its own story already.
  let isExpectation = String(describing: type(of: error)) == "ExpectationFailedError"
  let failed = FailedRound(
    seed: seed, reason: isExpectation ? "The expectation stands above." : String(describing: error))
  print(failed)
  return failed
}

/// The mark of a lease's holder, which nobody else has.
package func makeToken() -> Int64 { .random(in: 1 ... .max) }
