/// The last net under everything that is written: known secrets are replaced wherever they
/// stand. Not a licence to log them.
package struct Redaction: Sendable {
  /// What stands in a secret's place.
  package static let mark = "•••"
  /// Knows no secret and changes nothing.
  package static let none = Redaction(secrets: [])

  private let secrets: SecretSearch
  private let secretsAndParts: SecretSearch

  /// Secrets of fewer than four bytes are not searched for: they would be found in everything.
  ///
  /// - Parameter parts: What is a secret in the words of others only: a segment of a secret address may be a word
  ///   of our own lines, too.
  package init(secrets: [String], parts: [String] = []) {
    self.secrets = SecretSearch(secrets)
    secretsAndParts = parts.isEmpty ? self.secrets : SecretSearch(secrets + parts)
  }

  /// `text` with each secret replaced by the mark, however it is spelled there (see `SecretSearch`).
  package func applied(to text: String) -> String {
    Self.replacing(secrets, in: text)
  }

  /// The same for a value that may hold anything: parts of secrets are replaced as well.
  package func applied(toValue value: String) -> String {
    Self.replacing(secretsAndParts, in: value)
  }

  /// The same for what another program said, with phone numbers masked. Only afterwards, because a masked secret is
  /// not found any more.
  package func applied(toWordsOfOthers words: String) -> String {
    PhoneMask.applied(to: applied(toValue: words))
  }

  private static func replacing(_ search: SecretSearch, in text: String) -> String {
    let bytes = Array(text.utf8)
    let found = search.ranges(in: bytes)
    guard !found.isEmpty else { return text }
    var kept: [UInt8] = []
    var position = 0
    for range in found {
      kept += bytes[position..<range.lowerBound]
      kept += mark.utf8
      position = range.upperBound
    }
    return String(decoding: kept + bytes[position...], as: UTF8.self)
  }
}
