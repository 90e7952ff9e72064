import TestSupport

/// A condition that did not come true in time.
struct NeverHappened: Error, CustomStringConvertible {
  let description: String
}

/// Asks until the answer is yes; for what nobody tells us when it happens.
func eventually(
  _ what: String, within limit: Duration = Hang.limit, _ isSo: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + limit
  while try await !isSo() {
    guard ContinuousClock.now < end else { throw NeverHappened(description: "never happened: \(what)") }
    try await Task.sleep(for: .milliseconds(10))
  }
}
