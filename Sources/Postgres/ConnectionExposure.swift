/// Whether what is said with the database can be read on its way: a host beyond this machine, and no
/// encryption demanded. With `prefer`, libpq's default, whoever sits between can have it left out.
package struct ConnectionExposure: Hashable, Sendable {
  /// libpq's `sslmode` when some host is reached over the network unencrypted, or perhaps so; otherwise nil.
  package let sslMode: String?

  /// Judges libpq's options of these names, lists included (manual, Parameter Key Words); nil where not set.
  package init(host: String?, hostaddr: String?, sslmode: String?, gssencmode: String?) {
    let mode = sslmode ?? "prefer"
    let isDemanded = ["require", "verify-ca", "verify-full"].contains(mode) || gssencmode == "require"
    let hosts = Self.list(host)
    let addresses = Self.list(hostaddr)
    let reached = (0..<max(hosts.count, addresses.count)).map { index in
      // An address wins over the name that stands beside it.
      let address = addresses.indices.contains(index) ? addresses[index] : ""
      return address.isEmpty && hosts.indices.contains(index) ? hosts[index] : address
    }
    sslMode = isDemanded || reached.allSatisfy(Self.isThisMachine) ? nil : mode
  }

  private static func list(_ text: String?) -> [String] {
    (text ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// Empty is the default Unix socket, a path or an `@` names another. The loopback addresses are those of
  /// RFC 6890; a name that the system's tables lead there is taken for a remote one.
  private static func isThisMachine(_ host: String) -> Bool {
    let name = host.lowercased()
    if name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@") { return true }
    if ["localhost", "localhost.", "::1"].contains(name) || name.hasSuffix(".localhost") { return true }
    let four = name.hasPrefix("::ffff:") ? name.dropFirst(7) : name[...]
    let groups = four.split(separator: ".", omittingEmptySubsequences: false)
    return groups.count == 4 && groups[0] == "127" && groups.allSatisfy { UInt8($0) != nil }
  }
}
