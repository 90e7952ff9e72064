/// A named value of a log line; numbers stay numbers in JSON.
package struct LogField: Hashable, Sendable {
  package let key: String
  package let value: LogValue

  package init(_ key: String, _ value: LogValue) {
    self.key = key
    self.value = value
  }
}

/// The kinds of values a log line carries.
package enum LogValue: Hashable, Sendable {
  case text(String)
  case integer(Int64)
  /// Written as `null` when it is not finite, which JSON has no number for.
  case double(Double)
  case bool(Bool)
}
