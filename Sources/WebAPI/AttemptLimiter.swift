/// Counts wrong secrets and says when there have been too many: by address and in all.
///
/// A machine without a clock of its own. It never sees right secrets, so it cannot hold them up.
/// Counting is by fixed minutes, and nothing is noted beyond `totalLimit` in one of them: that
/// is what bounds its memory.
package struct AttemptLimiter: Equatable, Sendable {
  /// What is to be done with a wrong secret.
  package enum Verdict: Hashable, Sendable {
    /// Answer that it is wrong.
    case refuse
    /// Answer that there were too many, with the seconds to wait, and close the connection.
    case turnAway(retryAfter: Int)
  }

  /// Milliseconds that are counted together.
  package static let window: Int64 = 60_000

  /// Wrong secrets a minute that one address may send.
  package let addressLimit: Int
  /// Wrong secrets a minute that all addresses together may send.
  package let totalLimit: Int

  private var windowStart: Int64?
  private var byAddress: [String: Int] = [:]
  private var total = 0

  /// Limits of at least 1.
  package init(addressLimit: Int = 20, totalLimit: Int = 500) {
    self.addressLimit = addressLimit
    self.totalLimit = totalLimit
  }

  /// How many addresses are remembered at the moment; never more than `totalLimit`.
  package var rememberedAddresses: Int { byAddress.count }

  /// Notes one wrong secret from `address` at `now`, in milliseconds of a clock that does not
  /// go back.
  package mutating func judge(address: String, now: Int64) -> Verdict {
    let start = openWindow(at: now)
    let attempts = byAddress[address, default: 0]
    guard total < totalLimit, attempts < addressLimit else {
      let left = start + Self.window - now
      return .turnAway(retryAfter: Int((left + 999) / 1000))
    }
    total += 1
    byAddress[address] = attempts + 1
    return .refuse
  }

  private mutating func openWindow(at now: Int64) -> Int64 {
    if let start = windowStart, now >= start, now - start < Self.window { return start }
    windowStart = now
    byAddress.removeAll()
    total = 0
    return now
  }
}
