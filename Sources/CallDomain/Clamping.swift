/// Arithmetic on numbers that come from outside. Where the operators would end the process, the result is the
/// nearest number that there is.
extension FixedWidthInteger where Self: SignedInteger {
  package func addingClamped(_ other: Self) -> Self {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? (other < 0 ? .min : .max) : sum
  }

  package func multipliedClamped(by other: Self) -> Self {
    let (product, isTooLarge) = multipliedReportingOverflow(by: other)
    return isTooLarge ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The nearest whole number, rounded towards zero; 0 for what is no number.
  package init(clamping number: Double) {
    self = Self(exactly: number.rounded(.towardZero)) ?? (number < 0 ? .min : number > 0 ? .max : 0)
  }
}

extension Int {
  /// A number of things that was counted elsewhere: not negative, and so far below the largest integer that
  /// sums and shares of such numbers stay below it, too.
  package init(counted number: Int64) {
    self = Int(clamping: Swift.max(0, Swift.min(number, 1_000_000_000_000)))
  }
}

/// A count that is kept in a JSON document of the database, where others may write, too: it comes back as a count
/// (`Int(counted:)`).
@propertyWrapper
package struct StoredCount: Hashable, Codable, Sendable {
  package var wrappedValue: Int

  package init(wrappedValue: Int) {
    self.wrappedValue = wrappedValue
  }

  package init(from decoder: any Decoder) throws {
    wrappedValue = Int(counted: try decoder.singleValueContainer().decode(Int64.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}
