/// One of the four alerts (contract section 7), as `/api/sync-status`, `doctor`, the page and the webhook tell it.
package struct Alert: Hashable, Sendable {
  /// Which alert: part of the contract, and the name of the Prometheus rule.
  package enum Name: String, Sendable, CaseIterable {
    case noCalls = "no_calls"
    case noRun = "no_run"
    case defaultWorkspace = "default_workspace"
    case repeatedFailures = "repeated_failures"
  }

  package let name: Name
  package let isFiring: Bool
  /// It would fire if these were no quiet times.
  package let isMuted: Bool
  /// Since when it fires, as far as the stored facts tell; nil while it does not fire, or where nothing tells.
  package let since: Timestamp?
  /// What was found, firing or not: one sentence in Spanish, without numbers of leads.
  package let detail: String
  /// What to do about it, in Spanish; nil while it does not fire.
  package let whatToDo: String?

  package init(
    _ name: Name, isFiring: Bool, isMuted: Bool = false, since: Timestamp?, detail: String, whatToDo: String?
  ) {
    self.name = name
    self.isFiring = isFiring
    self.isMuted = isMuted
    self.since = since
    self.detail = detail
    self.whatToDo = whatToDo
  }
}
