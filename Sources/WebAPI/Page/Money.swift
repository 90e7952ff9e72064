/// Sums of money by unit, exact to the millionth: Twilio's prices have five decimals at the most.
struct Money {
  private(set) var millionths: [String: Int64] = [:]

  /// Adds a decimal as PostgreSQL prints it; one that no bill could show is left out.
  mutating func add(_ decimal: String, unit: String?) {
    guard let amount = Self.millionths(decimal) else { return }
    millionths[unit ?? "", default: 0] &+= amount
  }

  /// `12,35 USD`, or several of them, the largest first; nil without any.
  func text(_ language: PageLanguage) -> String? {
    guard !millionths.isEmpty else { return nil }
    return millionths.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { language.money(millionths: $0.value, unit: $0.key) }.joined(separator: " + ")
  }

  private static func millionths(_ decimal: String) -> Int64? {
    let isNegative = decimal.hasPrefix("-")
    let parts = decimal.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
    guard let whole = parts.first, whole.utf8.count <= 12, parts.count <= 2,
      parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    let fraction = parts.count == 2 ? String(parts[1].prefix(6)) : ""
    let padded = fraction + String(repeating: "0", count: 6 - fraction.utf8.count)
    guard let amount = Int64(whole + padded) else { return nil }
    return isNegative ? -amount : amount
  }
}
