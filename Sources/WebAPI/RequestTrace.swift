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
