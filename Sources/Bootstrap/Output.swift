import Foundation

/// Standard output and standard error, written at once, so that nothing is lost when the process
/// is killed.
enum Output {
  static func out(_ text: String) {
    write(text, to: .standardOutput)
  }

  static func error(_ text: String) {
    write(text, to: .standardError)
  }

  // A reader that went away is no reason to stop working.
  private static func write(_ text: String, to handle: FileHandle) {
    try? handle.write(contentsOf: Data(text.utf8))
  }
}
