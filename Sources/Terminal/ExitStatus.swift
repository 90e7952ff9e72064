package import CallDomain

/// How the program ends (contract section 1).
package enum ExitStatus: Int32, Sendable, CaseIterable {
  case done = 0
  /// The run failed, or `doctor` found something that needs a person.
  case failed = 1
  /// Wrong usage or configuration.
  case usage = 2
  /// Another run of the kind is in progress.
  case alreadyRunning = 3
  /// Stopped by SIGINT: 128 + 2.
  case interrupted = 130
  /// Stopped by SIGTERM: 128 + 15.
  case terminated = 143

  /// What a failure means for the exit status. `stopping` counts as SIGTERM; whoever knows the
  /// signal says `interrupted` or `terminated` instead.
  package init(_ kind: RunFailure.Kind) {
    switch kind {
    case .badParameter: self = .usage
    case .alreadyRunning: self = .alreadyRunning
    case .stopping: self = .terminated
    case .leaseLost, .twilio, .database, .internal: self = .failed
    }
  }
}
