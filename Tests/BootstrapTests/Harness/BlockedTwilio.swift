import TestSupport

extension TCPProxy {
  /// The environment that makes a program ask here for Twilio.
  var asTwilio: [String: String?] { ["TWILIO_API_BASE_URL": "http://127.0.0.1:\(port)"] }

  /// A run that asks here stands still when it has asked for the second page of a list. Of calls that have
  /// not ended the first page is committed then.
  func blockSecondPage() {
    judge { [weak self] direction, bytes in
      let request = String(decoding: bytes, as: UTF8.self)
      if direction == .toServer, request.contains("&Page=1&PageToken=") { self?.pause(.toClient) }
      return .forward
    }
  }

  /// Lets the answer through, and everything after it.
  func release() {
    judge { _, _ in .forward }
    resume()
  }
}
