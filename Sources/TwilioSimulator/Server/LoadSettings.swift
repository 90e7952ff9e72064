import Synchronization

/// How slow the simulator is and how much it takes at once.
struct LoadSettings {
  var latencyMilliseconds: Int
  var concurrencyLimit: Int?

  /// False when the key is unknown or the value has the wrong type.
  mutating func set(_ key: String, _ value: JSONValue) -> Bool {
    switch (key, value) {
    case ("latencyMilliseconds", .integer(let number)) where number >= 0:
      latencyMilliseconds = Int(number)
    case ("concurrencyLimit", .null): concurrencyLimit = nil
    case ("concurrencyLimit", .integer(let number)) where number > 0: concurrencyLimit = Int(number)
    default: return false
    }
    return true
  }
}

extension Simulation {
  var load: LoadSettings {
    state.withLock { state in
      LoadSettings(
        latencyMilliseconds: state.latencyMilliseconds, concurrencyLimit: state.concurrencyLimit)
    }
  }
}

extension ListingOptions {
  /// False when the key is unknown or the value has the wrong type.
  mutating func set(_ key: String, _ value: JSONValue) -> Bool {
    switch (key, value) {
    case ("emptyLastPage", .bool(let flag)): emptyLastPage = flag
    case ("lagSeconds", .integer(let number)) where number >= 0: lagSeconds = number
    case ("insertedBetweenPages", .integer(let number)) where number >= 0:
      insertedBetweenPages = Int(number)
    case ("repeatedRows", .integer(let number)) where number >= 0: repeatedRows = Int(number)
    case ("retentionDays", .null): retentionDays = nil
    case ("retentionDays", .integer(let number)) where number > 0: retentionDays = Int(number)
    case ("precision", .string(let text)): return set(\.precision, DatePrecision(rawValue: text))
    case ("ending", .string(let text)): return set(\.ending, ListEnding(rawValue: text))
    case ("emptyFields", .string(let text)): return set(\.emptyFields, EmptyFieldStyle(rawValue: text))
    default: return false
    }
    return true
  }

  private mutating func set<Value>(_ path: WritableKeyPath<Self, Value>, _ value: Value?) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }
}
