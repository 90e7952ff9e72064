/// Rules about words in source files that neither the compiler nor the formatter holds.
enum HouseRules {
  /// The folders in which raw memory and C calls are at home.
  static let unsafeFolders = [
    "Sources/Curl/", "Sources/Postgres/", "Sources/BlockingWork/", "Sources/WebServer/Socket/",
  ]

  /// A sentence for each word a file should not hold.
  static func faults(in file: SwiftFile) -> [String] {
    forbiddenWords(in: file) + unsafeWord(in: file) + unprovenSendable(in: file)
  }

  private static func forbiddenWords(in file: SwiftFile) -> [String] {
    let code = file.code
    var found: [String] = []
    if code.contains("@testable") { found.append("@testable") }
    if code.contains(/\bpublic\b/) { found.append("public") }
    if code.contains(/\btry!/) { found.append("try!") }
    if code.contains(/\bas!/) { found.append("as!") }
    if code.contains(/\bfatalError\s*\(/) { found.append("fatalError(") }
    if code.contains(/\bnonisolated\s*\(\s*unsafe\s*\)/) { found.append("nonisolated(unsafe)") }
    return found.map { "\(file.path) has \($0)" }
  }

  /// The word is looked for in comments too: they have no business with it elsewhere.
  private static func unsafeWord(in file: SwiftFile) -> [String] {
    guard !unsafeFolders.contains(where: file.path.hasPrefix) else { return [] }
    return file.text.contains(/\bunsafe\b/) ? ["\(file.path) has the word unsafe"] : []
  }

  /// `@unchecked Sendable` needs the comment that proves it right above its declaration.
  private static func unprovenSendable(in file: SwiftFile) -> [String] {
    let code = file.code.split(separator: "\n", omittingEmptySubsequences: false)
    return code.indices.filter { code[$0].contains("@unchecked") }.compactMap { index in
      let above = file.lines[..<index].last { !$0.contains(/^\s*@/) } ?? ""
      return above.contains(/^\s*\/\/+\s*\S/)
        ? nil : "\(file.path):\(index + 1) has @unchecked without a proof"
    }
  }
}
