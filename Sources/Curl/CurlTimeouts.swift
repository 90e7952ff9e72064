/// How long each part of a request may take.
package struct CurlTimeouts: Hashable, Sendable {
  /// From the look-up of the name to the end of the TLS handshake; at least a millisecond.
  package var connect: Duration
  /// The whole request, from taking up the handle to the last byte; at least a millisecond.
  package var total: Duration
  /// How long the transfer may stay under 10 bytes a second, waiting for the answer included;
  /// counted in whole seconds, at least one.
  package var stall: Duration

  package init(
    connect: Duration = .seconds(10), total: Duration = .seconds(60), stall: Duration = .seconds(30)
  ) {
    self.connect = connect
    self.total = total
    self.stall = stall
  }
}

extension Duration {
  /// For options where libcurl reads 0 as "no limit": at least 1, at most a day.
  var curlMilliseconds: Int {
    let seconds = min(max(components.seconds, 0), 86_400)
    return max(1, Int(seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000))
  }

  /// Whole seconds, rounded up; at least 1, at most a day.
  var curlSeconds: Int {
    max(1, (curlMilliseconds + 999) / 1000)
  }
}
