import Foundation

/// The repository these tests belong to, found from the place of this file.
enum Repository {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The text of a file, by its path from the root.
  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  /// The text of a page of the catalogue.
  static func page(_ name: String) throws -> String {
    try text("Sources/Bootstrap/Documentation.docc/\(name).md")
  }

  /// The names in a folder, sorted.
  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path).sorted()
  }

  /// The names of the folders in a folder, sorted.
  static func folders(in folder: String) throws -> [String] {
    try names(in: folder).filter { name in
      let path = root.appending(path: folder).appending(path: name)
      return try path.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true
    }
  }

  /// The paths of all files but hidden ones, sorted.
  static func paths() throws -> [String] {
    let hidden = try names(in: "").filter { $0.hasPrefix(".") }
    return try names(in: "").filter { !hidden.contains($0) }.flatMap { name in
      let url = root.appending(path: name)
      guard try url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else { return [name] }
      return try FileManager.default.subpathsOfDirectory(atPath: url.path).map { "\(name)/\($0)" }
    }.sorted()
  }

  /// Whether a file or a folder is there.
  static func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: root.appending(path: path).path)
  }

  /// Every Swift file under a folder, sorted by path.
  static func swiftFiles(under folder: String) throws -> [SwiftFile] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.appending(path: folder).path)
    return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      SwiftFile(path: "\(folder)/\(path)", text: try text("\(folder)/\(path)"))
    }
  }
}
