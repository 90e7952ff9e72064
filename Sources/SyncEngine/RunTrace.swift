package import CallDomain

/// What ties the events of a run to the rest of the log.
package struct RunTrace: Hashable, Sendable {
  package let run: RunID
  /// The id of the request that started it; nil where no request did.
  package let requestID: String?
}
