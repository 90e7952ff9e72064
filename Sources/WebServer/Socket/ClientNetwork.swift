/// Where a connection comes from, worked out once, as it is accepted.
package struct ClientAddress: Sendable {
  /// As inet_ntop(3) writes it.
  let host: String
  /// See `ClientNetwork`.
  let network: String

  package init(_ host: String) {
    self.host = host
    network = ClientNetwork.key(of: host)
  }
}

/// What a client is counted by.
package enum ClientNetwork {
  /// The address itself; of an IPv6 address its first 64 bits, because a client that has one of them has them
  /// all (RFC 4291 section 2.5.4). An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 one.
  ///
  /// - Parameter address: As inet_ntop(3) writes it, perhaps with a zone; anything else stays whole.
  package static func key(of address: String) -> String {
    let text = address.prefix { $0 != "%" }
    if let four = mappedIPv4(text) { return four }
    guard text.utf8.contains(UInt8(ascii: ":")), let groups = leadingGroups(text) else { return address }
    return groups.map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
  }

  private static func mappedIPv4(_ text: Substring) -> String? {
    let prefix = "::ffff:"
    guard text.lowercased().hasPrefix(prefix), text.contains(".") else { return nil }
    return String(text.dropFirst(prefix.count))
  }

  /// The first four of the eight groups, those left out by `::` as zeros (RFC 4291 section 2.2).
  private static func leadingGroups(_ text: Substring) -> [UInt16]? {
    let halves = text.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (number, half) in halves.enumerated() {
      let words = half.split(separator: ":")
      if number == 1 {
        // The last word may be an IPv4 address, which is two groups.
        let length = words.count + (words.last?.contains(".") == true ? 1 : 0)
        groups += repeatElement(0, count: max(0, 8 - groups.count - length))
      }
      for word in words where groups.count < 4 {
        guard let group = UInt16(word, radix: 16) else { return nil }
        groups.append(group)
      }
    }
    return groups.count >= 4 ? Array(groups.prefix(4)) : nil
  }
}
