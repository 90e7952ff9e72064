/// Received bytes that have not been parsed, and the lines in them.
struct LineBuffer: Sendable {
  private(set) var bytes: [UInt8] = []
  private var cursor = 0
  /// Up to here there is no line feed, so that a line that trickles in is not searched again and again.
  private var searched = 0

  /// More capacity than this is given back when the buffer is empty.
  private static let keptCapacity = 2048

  var isEmpty: Bool { cursor == bytes.count }

  mutating func append(_ more: ArraySlice<UInt8>) {
    if isEmpty { removeAll() } else if cursor > bytes.count / 2 { compact() }
    bytes.append(contentsOf: more)
  }

  mutating func removeAll() {
    if bytes.capacity > Self.keptCapacity { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
    cursor = 0
    searched = 0
  }

  /// The next line without its CRLF, as a range of `bytes`; nil when its end is not there yet.
  /// - Throws: `tooLong` when it is longer than `limit`, `bareLineBreak` for a line feed without carriage return.
  mutating func line(upTo limit: Int, else tooLong: HTTPParseError) throws(HTTPParseError) -> Range<Int>? {
    let start = cursor
    // A carriage return and a line feed more than the limit.
    let end = min(bytes.count, start + limit + 2)
    guard let feed = lineFeed(before: end) else {
      searched = end
      guard end - start < limit + 2 else { throw tooLong }
      return nil
    }
    guard feed > start, bytes[feed - 1] == Octet.carriageReturn else { throw .bareLineBreak }
    cursor = feed + 1
    searched = cursor
    return start..<(feed - 1)
  }

  /// Moves at most `count` bytes to the end of `target`.
  /// - Returns: how many.
  mutating func move(upTo count: Int, to target: inout [UInt8]) -> Int {
    let moved = min(count, bytes.count - cursor)
    target.append(contentsOf: bytes[cursor..<(cursor + moved)])
    cursor += moved
    searched = cursor
    return moved
  }

  /// Takes CRLF; nil when more bytes are needed to decide, false when there is something else.
  mutating func takeLineEnd() -> Bool? {
    let unread = bytes.count - cursor
    guard unread > 0 else { return nil }
    guard bytes[cursor] == Octet.carriageReturn else { return false }
    guard unread > 1 else { return nil }
    guard bytes[cursor + 1] == Octet.lineFeed else { return false }
    cursor += 2
    searched = cursor
    return true
  }

  private func lineFeed(before end: Int) -> Int? {
    var index = searched
    while index < end {
      if bytes[index] == Octet.lineFeed { return index }
      index += 1
    }
    return nil
  }

  private mutating func compact() {
    bytes.removeSubrange(0..<cursor)
    searched -= cursor
    cursor = 0
  }
}
