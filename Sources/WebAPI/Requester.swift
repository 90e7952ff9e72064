/// Who asked for a run, as it is recorded: the product a client names itself by.
enum Requester {
  /// What is recorded for clients without a usable product name.
  static let unnamed = "http"
  private static let longestPart = 32

  /// The first product token of `User-Agent` with its version, such as `vercel-cron/1.0` or
  /// `curl/8.5.0` (RFC 9110 section 10.1.5), at most 65 characters of ASCII.
  ///
  /// What does not begin with a letter or holds other characters than letters, digits, `.`, `_`
  /// and `-`, or seven digits in a row, counts as unnamed: addresses and telephone numbers do not get into
  /// run records.
  static func name(userAgent: String?) -> String {
    guard let token = userAgent?.split(separator: " ", maxSplits: 1).first else { return unnamed }
    let parts = token.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let product = parts.first, isWord(product),
      product.utf8.first.map(isLetter) == true
    else { return unnamed }
    guard parts.count == 2, isWord(parts[1]) else { return String(product) }
    return "\(product)/\(parts[1])"
  }

  private static func isWord(_ text: Substring) -> Bool {
    (1...longestPart).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        isLetter(byte) || isDigit(byte)
          || [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")].contains(byte)
      }
      && text.utf8.split(whereSeparator: { !isDigit($0) }).allSatisfy { $0.count < 7 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
