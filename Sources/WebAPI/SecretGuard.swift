import Foundation
import Synchronization

/// What callers send to be let in. An empty secret lets nobody in.
package struct CallerSecrets: Sendable {
  private let all: [SecretComparison]
  private let reading: SecretComparison
  private let metrics: SecretComparison

  /// - Parameters:
  ///   - secrets: Those that open every route.
  ///   - reading: Opens the routes that only read.
  ///   - metrics: Opens those that need no more than the figures of the service.
  package init(_ secrets: String..., reading: String = "", metrics: String = "") {
    all = secrets.map(SecretComparison.init)
    self.reading = SecretComparison(reading)
    self.metrics = SecretComparison(metrics)
  }

  /// Whether one of those that open such a route is what was given. Each is compared, whichever was right before.
  func open(_ access: RouteAccess, with given: [UInt8]) -> Bool {
    let secrets =
      switch access {
      case .open, .bearer: all
      case .bearerOrBasic: all + [reading]
      case .figures: all + [reading, metrics]
      }
    return secrets.reduce(false) { isRight, secret in secret.matches(given) || isRight }
  }
}

/// Lets only requests with the secret reach the routes that need it.
///
/// The secret is compared first and wrong ones are counted only afterwards: a right secret is never delayed or
/// refused, however many wrong ones come from the same address.
final class SecretGuard: Sendable {
  /// What is to be done with a request.
  enum Verdict: Hashable, Sendable {
    case admit
    /// 401; without credentials nothing was tried, so nothing is counted or reported.
    case refuse(triedSecret: Bool)
    /// 429, and the connection is closed; only the first of many is reported.
    case turnAway(retryAfter: Int, isFirst: Bool)
  }

  private let secrets: CallerSecrets
  private let limiter: Mutex<AttemptLimiter>

  init(secrets: CallerSecrets, limiter: AttemptLimiter = AttemptLimiter()) {
    self.secrets = secrets
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
    guard authorization.count == 1,
      let given = Self.secret(in: authorization[0], takesBasic: access != .bearer)
    else { return false }
    return secrets.open(access, with: given)
  }

  /// What one `Authorization` header offers as the secret: `Bearer <secret>` (RFC 6750 section 2.1), or the
  /// password of `Basic <base64 of user:password>` (RFC 7617 section 2), whatever the user. The scheme's case
  /// does not matter (RFC 9110 section 11.1).
  ///
  /// - Returns: nil for another scheme, for an empty secret, and for what is not base64.
  private static func secret(in header: String, takesBasic: Bool) -> [UInt8]? {
    guard let space = header.utf8.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let rest = header.utf8[space...].drop { $0 == UInt8(ascii: " ") }
    guard !rest.isEmpty else { return nil }
    switch header[..<space].lowercased() {
    case "bearer":
      return Array(rest)
    case "basic" where takesBasic:
      guard let decoded = Data(base64Encoded: Data(rest)),
        let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      return Array(decoded[decoded.index(after: colon)...])
    default:
      return nil
    }
  }
}

/// Holds the secret and says whether something given equals it, in a time that tells nothing
/// about the secret.
///
/// Every comparison walks over the same number of bytes: the secret's length rounded up to a
/// multiple of 256. What is given is taken as if it were cut or filled up with zeros to that width, and its
/// length is folded into the result. So the time depends on the length of what was given, which its sender
/// knows, and neither on where the two differ nor on whether their lengths are equal. (There is no keyed
/// hash in Foundation on Linux that would make both sides equally long.)
package struct SecretComparison: Sendable {
  private static let step = 256

  private let padded: [UInt8]
  private let count: Int

  /// Keeps a padded copy of the secret's UTF-8 bytes.
  package init(_ secret: String) {
    let bytes = Array(secret.utf8)
    let width = (bytes.count / Self.step + 1) * Self.step
    padded = bytes + repeatElement(0, count: width - bytes.count)
    count = bytes.count
  }

  /// Whether `given` is the secret, byte by byte. An empty secret equals nothing.
  @inline(never)
  package func matches(_ given: some Collection<UInt8>) -> Bool {
    var difference = UInt64(truncatingIfNeeded: given.count ^ count)
    var position = given.startIndex
    let end = given.endIndex
    for expected in padded {
      // The one branch depends on the length of what was given only.
      var byte: UInt8 = 0
      if position < end {
        byte = given[position]
        given.formIndex(after: &position)
      }
      difference |= UInt64(expected ^ byte)
    }
    return difference == 0 && count > 0
  }
}
