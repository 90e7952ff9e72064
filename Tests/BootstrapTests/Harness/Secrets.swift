import Foundation

/// The secrets of all installations, in the forms in which they could leak.
enum Secrets {
  static let cron = "cron-secreto-8d1f0a7be2c94"
  static let authToken = "token-secreto-51b7c3e09a4f"
  static let apiSecret = "clave-api-secreta-77e0d1f2"
  /// Has characters that a URI must encode.
  static let databasePassword = "base:secreta/9f%2+ñ@x"
  static let encodedDatabasePassword = "base%3Asecreta%2F9f%252%2B%C3%B1%40x"

  /// What must stand nowhere.
  static let all =
    [cron, authToken, apiSecret, databasePassword, encodedDatabasePassword]
    + [authToken, apiSecret, cron].map { Data($0.utf8).base64EncodedString() }

  /// What of all this `text` shows: secrets, and numbers of leads that are not masked.
  static func leaks(in text: String) -> [String] {
    let numbers = text.matches(of: /\b(?:00)?34600\d{6}\b/).map { String($0.output) }
    return all.filter { text.contains($0) } + numbers
  }
}
