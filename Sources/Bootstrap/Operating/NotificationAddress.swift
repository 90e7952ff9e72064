import Foundation

/// Where a chat tool or a monitor listens. It holds a secret in its path, so no description shows it.
struct NotificationAddress: Sendable, CustomStringConvertible, CustomReflectable {
  /// The address itself, for the one request that needs it.
  let exposed: String
  /// `http://`, to this machine only.
  let isPlain: Bool

  /// Nil for what is no `https://` address, nor `http://` to a loopback one, and for one with a user or password.
  init?(_ text: String) {
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }),
      let parts = URLComponents(string: text), let host = parts.host?.lowercased(), !host.isEmpty,
      parts.user == nil, parts.password == nil
    else { return nil }
    switch parts.scheme?.lowercased() {
    case "https": isPlain = false
    case "http" where ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host): isPlain = true
    default: return nil
    }
    exposed = text
  }

  var description: String { "•••" }

  var customMirror: Mirror { Mirror(self, children: []) }
}
