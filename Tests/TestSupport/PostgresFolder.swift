import Foundation

/// The private folder of a cluster.
enum PostgresFolder {
  /// Makes a folder that only its owner can enter, owned by whoever runs the server.
  static func make(for tools: PostgresTools) throws -> String {
    let short = FileManager.default.temporaryDirectory.path
    let parent = memory ?? (short.utf8.count <= 60 ? short : "/tmp")
    var template = Array("\(parent)/pgt-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw PostgresTools.Failure(description: "no folder in \(parent) for a cluster")
    }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if !tools.prefix.isEmpty { try giveToServer(path) }
    return path
  }

  /// Linux's file system in memory, where there is room: the files of a thousand databases that come and go cost ext4
  /// a third of the processor time of the store's tests.
  private static var memory: String? {
    let folder = "/dev/shm"
    let gigabyte: Int64 = 1 << 30
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    guard let free = attributes?[.systemFreeSize] as? NSNumber, free.int64Value >= 4 * gigabyte,
      ProcessInfo.processInfo.physicalMemory >= 8 * gigabyte
    else { return nil }
    return folder
  }

  static func append(_ lines: [String], to path: String) throws {
    guard let file = FileHandle(forWritingAtPath: path) else {
      throw PostgresTools.Failure(description: "\(path) cannot be written")
    }
    try file.seekToEnd()
    try file.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
    try file.close()
  }

  /// Writes a file that only the server may read.
  static func give(_ data: Data, to path: String, for tools: PostgresTools) throws {
    try? FileManager.default.removeItem(atPath: path)
    guard
      FileManager.default.createFile(
        atPath: path, contents: data, attributes: [.posixPermissions: 0o600])
    else { throw PostgresTools.Failure(description: "\(path) cannot be written") }
    if !tools.prefix.isEmpty { try giveToServer(path) }
  }

  private static func giveToServer(_ path: String) throws {
    guard let user = unsafe getpwnam("postgres") else {
      throw PostgresTools.Failure(description: "there is no user postgres to run the server")
    }
    guard unsafe chown(path, user.pointee.pw_uid, user.pointee.pw_gid) == 0 else {
      throw PostgresTools.Failure(description: "\(path) cannot be given to the user postgres")
    }
  }
}
