/// A Swift file as text, with the few readings that the house rules need.
struct SwiftFile {
  /// From the repository's root, such as `Sources/CallDomain/Call.swift`.
  let path: String
  let text: String

  /// The room the file belongs to: the folder below `Sources` or `Tests`.
  var room: String {
    String(path.split(separator: "/").dropFirst().first ?? "")
  }

  /// The text without comments and without what stands in string literals; lines stay where they are.
  var code: String {
    var reader = CodeReader(text)
    return reader.read()
  }

  var lines: [Substring] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
  }
}
