import Foundation

/// Where the build puts our executables: beside the test bundle.
enum ProgramFolder {
  /// The full path of an executable of this package.
  static func path(of program: String) throws -> String {
    let candidates = CommandLine.arguments.compactMap(folder).map { "\($0)/\(program)" }
    guard let path = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw ProgramFailure(description: "\(program) is not built beside the tests; looked at \(candidates)")
    }
    return path
  }

  /// The folder of the test bundle that `argument` names or lies in; nil when it names none.
  private static func folder(_ argument: String) -> String? {
    let path = URL(fileURLWithPath: argument).pathComponents
    guard let bundle = path.firstIndex(where: { $0.hasSuffix(".xctest") }) else { return nil }
    return NSString.path(withComponents: Array(path[..<bundle]))
  }
}

/// What went wrong with a program, with what it had printed.
package struct ProgramFailure: Error, CustomStringConvertible {
  package let description: String

  /// A failure and what is told of it.
  package init(description: String) {
    self.description = description
  }
}
