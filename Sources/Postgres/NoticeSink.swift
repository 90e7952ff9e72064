/// Where libpq's notices go, instead of standard error.
final class NoticeSink: Sendable {
  private let report: (@Sendable (String) -> Void)?

  init(_ report: (@Sendable (String) -> Void)?) {
    self.report = report
  }

  func receive(_ message: String) {
    report?(message)
  }
}
