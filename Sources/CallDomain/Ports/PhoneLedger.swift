/// Where the directory of numbers is kept, as far as a number is assigned.
package protocol PhoneLedger: Sendable {
  /// What an assignment would do; changes nothing.
  ///
  /// - Parameter now: By the process's clock: months before its own are past ones.
  /// - Throws: `badParameter` for a number or a workspace that there cannot be.
  func preview(_ assignment: PhoneAssignment, now: Timestamp) async throws(RunFailure) -> AssignmentPreview

  /// Gives the number's row to the workspace, or makes one; doing it twice does no harm.
  ///
  /// - Returns: How many rows were made.
  /// - Throws: `leaseLost` when the run does not hold its lease any more, `conflict` when a row is in the way;
  ///   nothing is changed then.
  func assign(_ assignment: PhoneAssignment, fence: RunFence) async throws(RunFailure) -> Int

  /// Stored calls that the number decides and that are not in its workspace.
  func calls(decidedBy assignment: PhoneAssignment) async throws(RunFailure) -> [CallSID]

  /// Those of the calls that are stored.
  func storedCalls(_ sids: [CallSID]) async throws(RunFailure) -> [Call]
}
