/// Where what is stored is compared, and where the progress and the verdicts of audits are kept.
package protocol AuditLedger: Sendable {
  /// How far the last run with the same period has come, where it did not come to its end and no run has mended
  /// anything since; else nothing.
  func openAudit(_ period: Period, fence: RunFence) async throws(RunFailure) -> AuditProgress

  /// What differs between a part of a day and its rows, all of one moment; writes nothing.
  func compare(_ page: AuditPage) async throws(RunFailure) -> AuditComparison

  /// Keeps how far the audit has come.
  ///
  /// - Parameters:
  ///   - verdicts: Days of which the verdict is new.
  ///   - gone: Rows of the day that has come to its end that Twilio is known not to know; nil while none has.
  /// - Throws: `leaseLost` when another run took over.
  func keep(
    _ audit: AuditProgress, verdicts: [AuditDay], gone: Set<String>?, fence: RunFence
  ) async throws(RunFailure)
}
