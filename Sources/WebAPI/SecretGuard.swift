import Synchronization

/// Stands before the routes that need the secret.
///
/// The secret is looked at first and the counting of wrong ones only afterwards: a right secret
/// is never delayed or refused, whoever else fails from the same address.
final class SecretGuard: Sendable {
  /// What is to be done with a request.
  enum Verdict: Hashable, Sendable {
    case admit
    /// 401; without credentials nothing was tried, so nothing is counted or reported.
    case refuse(triedSecret: Bool)
    /// 429, and the connection is closed; only the first of many is reported.
    case turnAway(retryAfter: Int, isFirst: Bool)
  }

  private let secret: SecretComparison
  private let limiter: Mutex<AttemptLimiter>

  init(secret: String, limiter: AttemptLimiter = AttemptLimiter()) {
    self.secret = SecretComparison(secret)
    self.limiter = Mutex(limiter)
  }

  /// Judges a request for a route of `access` by all its `Authorization` headers.
  ///
  /// - Parameter now: milliseconds of a clock that does not go back.
  func judge(authorization: [String], access: RouteAccess, address: String, now: Int64) -> Verdict {
    if access == .open || admits(authorization, to: access) { return .admit }
    // A browser asks once without credentials before it shows its prompt; a scanner never sends any.
    if authorization.isEmpty { return .refuse(triedSecret: false) }
    switch limiter.withLock({ $0.judge(address: address, now: now) }) {
    case .refuse: return .refuse(triedSecret: true)
    case .turnAway(let retryAfter, let isFirst):
      return .turnAway(retryAfter: retryAfter, isFirst: isFirst)
    }
  }

  private func admits(_ authorization: [String], to access: RouteAccess) -> Bool {
    // Several headers: a proxy in front might have judged another one than we do.
    guard authorization.count == 1, let credentials = Credentials(header: authorization[0]) else {
      return false
    }
    switch credentials {
    case .bearer(let given): return secret.matches(given)
    case .basic(let password): return access == .bearerOrBasic && secret.matches(password)
    }
  }
}
