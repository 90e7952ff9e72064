import Foundation

/// What one `Authorization` header offers as the secret.
enum Credentials: Hashable, Sendable {
  /// `Bearer <secret>` (RFC 6750 section 2.1).
  case bearer([UInt8])
  /// The password of `Basic <base64 of user:password>` (RFC 7617 section 2); the user is free.
  case basic(password: [UInt8])

  /// Reads the value of one header; the scheme's case does not matter (RFC 9110 section 11.1).
  ///
  /// - Returns: nil for another scheme, for an empty secret, and for what is not base64.
  init?(header: String) {
    let value = header.utf8
    guard let space = value.firstIndex(of: UInt8(ascii: " ")) else { return nil }
    let rest = value[space...].drop { $0 == UInt8(ascii: " ") }
    guard !rest.isEmpty else { return nil }
    switch header[..<space].lowercased() {
    case "bearer":
      self = .bearer(Array(rest))
    case "basic":
      guard let decoded = Data(base64Encoded: Data(rest)),
        let colon = decoded.firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      self = .basic(password: Array(decoded[decoded.index(after: colon)...]))
    default:
      return nil
    }
  }
}
