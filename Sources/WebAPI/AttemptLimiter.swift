import WebServer

/// Counts wrong secrets and says when there have been too many: by address and in all.
///
/// It never sees right secrets, so it cannot delay them. Counting is by fixed minutes, and nothing is noted
/// beyond `totalLimit` in one of them, which bounds its memory. An IPv6 network of 64 bits counts as one address.
package struct AttemptLimiter: Equatable, Sendable {
  /// What is to be done with a wrong secret.
  package enum Verdict: Hashable, Sendable {
    /// Answer that it is wrong.
    case refuse
    /// Answer that there were too many, with the seconds to wait, and close the connection. Only the first of
    /// an address, and of all that are too many together, is to be reported: a client that sends thousands
    /// must not fill the log.
    case turnAway(retryAfter: Int, isFirst: Bool)
  }

  /// Milliseconds that are counted together.
  package static let window: Int64 = 60_000

  /// Wrong secrets a minute that one address may send.
  package let addressLimit: Int
  /// Wrong secrets a minute that all addresses together may send.
  package let totalLimit: Int

  private var windowStart: Int64?
  private var byAddress: [String: Attempts] = [:]
  private var total = Attempts()

  private struct Attempts: Equatable {
    var refused = 0
    var isTurnedAway = false

    /// Whether this is the first that is turned away.
    mutating func turnAway() -> Bool {
      defer { isTurnedAway = true }
      return !isTurnedAway
    }
  }

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
    let network = ClientNetwork.key(of: address)
    let retryAfter = Int((start + Self.window - now + 999) / 1000)
    if let attempts = byAddress[network], attempts.refused >= addressLimit {
      let isFirst = byAddress[network]?.turnAway() ?? false
      return .turnAway(retryAfter: retryAfter, isFirst: isFirst)
    }
    guard total.refused < totalLimit else {
      return .turnAway(retryAfter: retryAfter, isFirst: total.turnAway())
    }
    total.refused += 1
    byAddress[network, default: Attempts()].refused += 1
    return .refuse
  }

  private mutating func openWindow(at now: Int64) -> Int64 {
    if let start = windowStart, now >= start, now - start < Self.window { return start }
    windowStart = now
    byAddress.removeAll()
    total = Attempts()
    return now
  }
}
