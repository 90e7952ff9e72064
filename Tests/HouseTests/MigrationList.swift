/// The migrations in the folder against the list in Swift: SwiftPM embeds the files, but gives no
/// listing of them, so a file nobody listed would never run.
enum MigrationList {
  /// A sentence for each difference, wrong name, and number out of order.
  static func faults(fileNames: [String], list: String) -> [String] {
    let names = fileNames.filter { $0.hasSuffix(".sql") }.sorted()
    let embedded = Set(names.map(embeddedName))
    let listed = Set(list.matches(of: /\b_\d{3}_\w+_sql\b/).map { String($0.output) })
    return misnamed(names)
      + embedded.subtracting(listed).sorted().map { "\($0) lies in the folder and is not listed" }
      + listed.subtracting(embedded).sorted().map { "\($0) is listed and has no file" }
  }

  /// The name of the constant that SwiftPM makes of a file: a leading digit and every character
  /// that no identifier can have become an underscore.
  static func embeddedName(ofFile name: String) -> String {
    let characters = name.map { $0.isLetter || $0.isNumber ? $0 : "_" }
    guard characters.first?.isNumber == true else { return String(characters) }
    return "_" + String(characters.dropFirst())
  }

  // Some migrations are Swift code, so the files' numbers may leave gaps; they never repeat.
  private static func misnamed(_ names: [String]) -> [String] {
    var last = 0
    return names.compactMap { name in
      guard let match = name.firstMatch(of: /^(\d{4})_/), let number = Int(match.1), number > last else {
        return "\(name) should begin with a number above \(last)"
      }
      last = number
      return nil
    }
  }
}
