import WebServer

/// Writes the root-relative URIs of a page, all filters encoded anew.
struct PageURIs {
  let accountSID: String
  let query: ListQuery

  var first: String { uri(page: 0, token: nil) }

  var current: String { uri(page: query.page, token: query.token) }

  func next(after sid: String, page: Int? = nil) -> String {
    uri(page: page ?? query.page + 1, token: PageToken(.next, sid))
  }

  func previous(before sid: String) -> String {
    uri(page: max(0, query.page - 1), token: PageToken(.previous, sid))
  }

  private func uri(page: Int, token: PageToken?) -> String {
    var pairs = query.filters.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
    pairs.append("PageSize=\(query.pageSize)")
    pairs.append("Page=\(page)")
    if let token { pairs.append("PageToken=\(token.text)") }
    return "/2010-04-01/Accounts/\(accountSID)/Calls.json?" + pairs.joined(separator: "&")
  }

  /// Form encoding, as in the published samples: `+` for a blank, everything else percent-encoded.
  static func encoded(_ text: String) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        result.append(byte)
      case 0x20: result.append(UInt8(ascii: "+"))
      default:
        let hex = String(byte, radix: 16, uppercase: true)
        result.append(contentsOf: (byte < 16 ? "%0\(hex)" : "%\(hex)").utf8)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
