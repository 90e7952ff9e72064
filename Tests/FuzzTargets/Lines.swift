/// Reads an input that consists of lines, each ended by a line feed.
enum Lines {
  /// Each line as text, what is no UTF-8 repaired.
  static func of(_ input: ArraySlice<UInt8>) -> [String] {
    input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// `Name: value`; nil for a line without a colon.
  static func field(_ line: String) -> (name: String, value: String)? {
    pair(line, separator: ":").map { ($0.0, String($0.1.drop { $0 == " " })) }
  }

  /// What stands before and after the first separator; nil when there is none.
  static func pair(_ line: String, separator: Character) -> (String, String)? {
    guard let place = line.firstIndex(of: separator) else { return nil }
    return (String(line[..<place]), String(line[line.index(after: place)...]))
  }
}
