/// Cuts bytes into lines.
actor LineReader {
  private let chunk: @Sendable () async throws -> [UInt8]?
  private var rest: [UInt8] = []

  /// Reads further bytes by `chunk`, until it returns nil.
  init(_ chunk: @escaping @Sendable () async throws -> [UInt8]?) {
    self.chunk = chunk
  }

  /// The next line without its line feed; nil at the end.
  func next() async throws -> String? {
    while true {
      if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        defer { rest.removeFirst(end + 1) }
        return String(decoding: rest[..<end], as: UTF8.self)
      }
      guard let bytes = try await chunk() else { return nil }
      rest += bytes
    }
  }
}
