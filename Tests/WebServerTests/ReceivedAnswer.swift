/// An answer as a client reads it, cut from a connection's bytes by its own framing.
struct ReceivedAnswer: Equatable {
  let statusLine: String
  /// Names in lower case.
  let headers: [String: String]
  let body: [UInt8]
  /// Bytes of the whole answer.
  let length: Int

  var status: Int {
    Self.code(statusLine)
  }

  var text: String {
    String(decoding: body, as: UTF8.self)
  }

  /// Reads one answer from the beginning of `bytes`; nil when it is not complete.
  init?(_ bytes: ArraySlice<UInt8>, toHead: Bool = false) {
    guard let headEnd = Self.find("\r\n\r\n", in: bytes) else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self).split(separator: "\r\n").map(String.init)
    statusLine = lines.first ?? ""
    headers = Self.fields(lines.dropFirst())
    let start = headEnd + 4
    let code = Self.code(statusLine)
    if toHead || code < 200 || code == 204 || code == 304 {
      body = []
      length = start - bytes.startIndex
    } else if headers["transfer-encoding"] == "chunked" {
      guard let (content, end) = Self.chunks(bytes[start...]) else { return nil }
      body = content
      length = end - bytes.startIndex
    } else {
      guard let count = Int(headers["content-length"] ?? ""), bytes.endIndex - start >= count else {
        return nil
      }
      body = Array(bytes[start..<(start + count)])
      length = start + count - bytes.startIndex
    }
  }

  /// All answers in `bytes`, the first so many to HEAD, and how many bytes are left after them.
  static func all(in bytes: [UInt8], toHead heads: Int = 0) -> (answers: [ReceivedAnswer], rest: Int) {
    var answers: [ReceivedAnswer] = []
    var rest = bytes[...]
    while let answer = ReceivedAnswer(rest, toHead: answers.count < heads) {
      answers.append(answer)
      rest = rest.dropFirst(answer.length)
    }
    return (answers, rest.count)
  }

  private static func code(_ statusLine: String) -> Int {
    Int(statusLine.split(separator: " ").dropFirst().first ?? "") ?? 0
  }

  private static func fields(_ lines: ArraySlice<String>) -> [String: String] {
    var fields: [String: String] = [:]
    for line in lines {
      let parts = line.split(separator: ":", maxSplits: 1)
      fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    return fields
  }

  private static func find(_ text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let wanted = Array(text.utf8)
    var index = bytes.startIndex
    while index + wanted.count <= bytes.endIndex {
      if bytes[index] == wanted[0], bytes[index..<(index + wanted.count)].elementsEqual(wanted) {
        return index
      }
      index += 1
    }
    return nil
  }

  private static func chunks(_ bytes: ArraySlice<UInt8>) -> ([UInt8], end: Int)? {
    var content: [UInt8] = []
    var rest = bytes
    while let lineEnd = find("\r\n", in: rest) {
      guard let size = Int(String(decoding: rest[..<lineEnd], as: UTF8.self), radix: 16),
        rest.endIndex - lineEnd >= size + 4
      else { return nil }
      content.append(contentsOf: rest[(lineEnd + 2)..<(lineEnd + 2 + size)])
      rest = rest[(lineEnd + 4 + size)...]
      if size == 0 { return (content, rest.startIndex) }
    }
    return nil
  }
}
