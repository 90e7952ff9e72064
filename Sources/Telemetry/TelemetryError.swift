/// Why a metric could not be registered: a mistake in the program, found at its start.
package enum TelemetryError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Not a name of the Prometheus data model, or reserved there.
  case invalidName(String)
  /// Two metrics cannot share a name.
  case duplicateName(String)
  /// A histogram's bounds must be finite and rise.
  case invalidBuckets(String)

  package var description: String {
    switch self {
    case .invalidName(let name): "'\(name)' is no valid Prometheus name; use [a-zA-Z_][a-zA-Z0-9_]*."
    case .duplicateName(let name): "The metric '\(name)' is registered already; choose another name."
    case .invalidBuckets(let name): "The buckets of '\(name)' must be finite and rise; reorder them."
    }
  }
}
