/// Percent-decoding of paths and queries (RFC 3986 section 2.1); nil wherever a target is not valid.
enum TargetDecoding {
  /// The path as it was sent and decoded.
  static func path(_ bytes: ArraySlice<UInt8>) -> (raw: String, decoded: String)? {
    guard bytes.allSatisfy({ Octet.isPathCharacter($0) || $0 == percent }) else { return nil }
    let raw = String(decoding: bytes, as: UTF8.self)
    guard bytes.contains(percent) else {
      return hasDotSegment(bytes) ? nil : (raw, raw)
    }
    guard let decoded = percentDecoded(bytes, plusIsSpace: false, refusing: mustStayPlain),
      !hasDotSegment(decoded[...]), let text = String(validating: decoded, as: UTF8.self)
    else { return nil }
    return (raw, text)
  }

  /// The items of a query, `a=b&c=d`; empty pieces are passed over.
  static func query(_ bytes: ArraySlice<UInt8>) -> [RequestTarget.QueryItem]? {
    guard bytes.allSatisfy({ Octet.isVisible($0) && $0 != UInt8(ascii: "#") }) else { return nil }
    var items: [RequestTarget.QueryItem] = []
    for piece in bytes.split(separator: UInt8(ascii: "&")) {
      let equals = piece.firstIndex(of: UInt8(ascii: "="))
      let name = piece[..<(equals ?? piece.endIndex)]
      let value = equals.map { piece[($0 + 1)...] } ?? []
      guard let name = queryText(name), let value = queryText(value) else { return nil }
      items.append(RequestTarget.QueryItem(name: name, value: value))
    }
    return items
  }

  private static let percent = UInt8(ascii: "%")

  private static func queryText(_ bytes: ArraySlice<UInt8>) -> String? {
    guard let decoded = percentDecoded(bytes, plusIsSpace: true, refusing: { $0 == 0 }) else { return nil }
    return String(validating: decoded, as: UTF8.self)
  }

  /// A decoded slash or backslash would move a segment's border, a control character has no use in a path.
  private static func mustStayPlain(_ byte: UInt8) -> Bool {
    byte < 32 || byte == 127 || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
  }

  private static func percentDecoded(
    _ bytes: ArraySlice<UInt8>, plusIsSpace: Bool, refusing isRefused: (UInt8) -> Bool
  ) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      if byte == percent {
        guard index + 1 < bytes.endIndex, let high = Octet.hexadecimal(bytes[index]),
          let low = Octet.hexadecimal(bytes[index + 1]), !isRefused(high << 4 | low)
        else { return nil }
        result.append(high << 4 | low)
        index += 2
      } else {
        result.append(plusIsSpace && byte == UInt8(ascii: "+") ? Octet.space : byte)
      }
    }
    return result
  }

  private static func hasDotSegment(_ path: ArraySlice<UInt8>) -> Bool {
    guard path.contains(UInt8(ascii: ".")) else { return false }
    return path.split(separator: UInt8(ascii: "/")).contains { segment in
      segment.count <= 2 && segment.allSatisfy { $0 == UInt8(ascii: ".") }
    }
  }
}
