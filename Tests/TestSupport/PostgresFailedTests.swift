import Synchronization
package import Testing

/// Which tests have recorded an issue, so that their databases are kept.
enum PostgresFailedTests {
  private static let failed = Mutex<Set<Test.ID>>([])

  static func addCurrent() {
    guard let test = Test.current else { return }
    _ = failed.withLock { $0.insert(test.id) }
  }

  static var containsCurrent: Bool {
    guard let test = Test.current else { return false }
    return failed.withLock { $0.contains(test.id) }
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Databases of `withDatabase` are kept also when an expectation failed without throwing.
  package static var keepsFailedDatabases: Self {
    .compactMapIssues { issue in
      PostgresFailedTests.addCurrent()
      return issue
    }
  }
}
