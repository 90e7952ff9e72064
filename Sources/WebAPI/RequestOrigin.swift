/// What ties a request to the log lines of its sender: an id, and the trace it belongs to.
struct RequestTrace: Hashable, Sendable {
  /// Goes into events and into the answer's `X-Request-Id`.
  var id: String
  /// A valid `traceparent`, passed on as it came.
  var traceparent: String?

  /// Honours a single, valid `X-Request-Id`; else the trace id of a single, valid `traceparent`;
  /// else makes an id.
  init(requestID: [String], traceparent: [String], make: () -> String) {
    self.traceparent = traceparent.count == 1 ? traceparent.first(where: Self.isTraceparent) : nil
    if requestID.count == 1, Self.isRequestID(requestID[0]) {
      id = requestID[0]
    } else if let traceparent = self.traceparent {
      id = String(traceparent.dropFirst(3).prefix(32))
    } else {
      id = make()
    }
  }

  /// 1 to 128 characters that need no escaping in a log line, a header or JSON.
  static func isRequestID(_ text: String) -> Bool {
    (1...128).contains(text.utf8.count)
      && text.unicodeScalars.allSatisfy { scalar in
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", ":", "/", "+", "=", "@": true
        default: false
        }
      }
  }

  /// Version 00 of W3C Trace Context section 3.2: `00-<32 hex>-<16 hex>-<2 hex>` in lower case,
  /// neither id all zeros.
  static func isTraceparent(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [2, 32, 16, 2], parts[0] == "00" else { return false }
    return parts.allSatisfy(isHex) && parts[1...2].allSatisfy { $0.contains { $0 != "0" } }
  }

  private static func isHex(_ text: Substring) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "0"..."9", "a"..."f": true
      default: false
      }
    }
  }
}

/// Who asked for a run, as it is recorded: the product that a client names itself by.
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
