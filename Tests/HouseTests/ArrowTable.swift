/// Which room may import which. The manifest declares it, the compiler holds it, and the architecture page shows
/// it ("Allowed arrows").
enum ArrowTable {
  /// The arrows that the manifest's `room` and `program` declare.
  static func arrows(ofManifest manifest: String) -> [String: Set<String>] {
    let room = /(?:room|program)\(\s*"([^"]+)"(?:,\s*sees:\s*\[([^\]]*)\])?/
    var arrows: [String: Set<String>] = [:]
    for match in manifest.matches(of: room) { arrows[String(match.1)] = names(in: match.2 ?? "") }
    return arrows
  }

  /// The arrows of the page's table, by room.
  static func arrows(ofPage page: String) -> [String: Set<String>] {
    guard let start = page.firstRange(of: "\n## Allowed arrows\n") else { return [:] }
    let lines = page[start.upperBound...].split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.drop { !$0.hasPrefix("|---") }.dropFirst().prefix { $0.hasPrefix("|") }
    var arrows: [String: Set<String>] = [:]
    for row in rows {
      let cells = row.split(separator: "|").map { $0.split(separator: ",").map(trimmed) }
      guard cells.count == 2 else { continue }
      for room in cells[0] { arrows[room] = cells[1] == ["nothing of ours"] ? [] : Set(cells[1]) }
    }
    return arrows
  }

  private static func trimmed(_ text: Substring) -> String {
    text.split(separator: " ").joined(separator: " ")
  }

  private static func names(in list: Substring) -> Set<String> {
    Set(list.matches(of: /"([^"]+)"/).map { String($0.1) })
  }
}
