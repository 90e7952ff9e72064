/// How much a log line matters, from least to most.
package enum LogLevel: String, Comparable, Sendable, CaseIterable {
  case debug, info, warning, error

  private var rank: Int {
    switch self {
    case .debug: 0
    case .info: 1
    case .warning: 2
    case .error: 3
    }
  }

  package static func < (left: LogLevel, right: LogLevel) -> Bool {
    left.rank < right.rank
  }
}
